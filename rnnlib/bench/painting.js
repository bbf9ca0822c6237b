// Painting: puts what the kernel answered, a list of operations (operations.py), on a canvas.
//
// The operations are painted one over the other, in the order in which matplotlib draws. The first
// one is the figure's opaque background, so nothing is cleared. An entry such as `op.codes` that
// points into the bytes is a pair: [first byte, number of bytes].

const STEP_OF_CODE = { 1: "moveTo", 2: "lineTo", 79: "closePath" }; // matplotlib's codes of a path
const MITER_LIMIT = 4; // as matplotlib cuts sharp corners
// Images and markers are painted here first. A canvas is slow to make, so there is one for all.
const scratch = new OffscreenCanvas(1, 1);
const scratchContext = scratch.getContext("2d", { willReadFrequently: true });

function paint(canvas, { size, ratio, data, ops }, layers) {
  const [width, height] = size;
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
  canvas.style.width = `${width / ratio}px`;
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const context = canvas.getContext("2d");
  for (const op of ops) {
    context.save();
    if (op.clip) clip(context, op.clip);
    if (op.kind === "layer") paintLayer(context, layers[op.layer]);
    if (op.kind === "path") paintPath(context, op, bytes);
    if (op.kind === "image") paintImage(context, op, bytes);
    context.restore();
  }
}

function clip(context, rectangle) {
  context.beginPath();
  context.rect(...rectangle);
  context.clip();
}

function paintLayer(context, layer) {
  context.drawImage(layer.image, layer.x, layer.y);
}

function paintImage(context, op, bytes) {
  const [height, width] = op.shape;
  const pixels = new Uint8ClampedArray(bytes, ...op.pixels);
  Object.assign(scratch, { width, height });
  scratchContext.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.globalAlpha = op.alpha;
  context.imageSmoothingEnabled = false;
  context.transform(...op.place);
  context.drawImage(scratch, 0, 0);
}

function paintPath(context, op, bytes) {
  const points = numbers(bytes, op.points);
  const path = toPath2D(points, new Uint8Array(bytes, ...op.codes));
  if (!op.places) {
    takePen(context, op);
    fillAndStroke(context, op, path, op.fills[0]);
    return;
  }
  const places = numbers(bytes, op.places);
  if (op.fills.length > 1) repaintEach(context, op, path, places);
  else stampCopies(context, op, path, places, reachOf(points, op));
}

// A view of the buffer would have to begin at a multiple of four bytes, so copy the part.
function numbers(bytes, [start, length]) {
  return new Float32Array(bytes.slice(start, start + length));
}

function toPath2D(points, codes) {
  const path = new Path2D();
  codes.forEach((code, i) => path[STEP_OF_CODE[code]](points[2 * i], points[2 * i + 1]));
  return path;
}

function takePen(context, op) {
  if (!op.stroke) return;
  context.strokeStyle = op.stroke;
  context.lineWidth = op.width;
  context.lineJoin = op.join;
  context.lineCap = op.cap;
  context.miterLimit = MITER_LIMIT;
  context.lineDashOffset = op.dash_offset;
  context.setLineDash(op.dashes);
}

function fillAndStroke(context, op, path, fill) {
  if (fill) {
    context.fillStyle = fill;
    context.fill(path);
  }
  if (op.stroke) context.stroke(path);
}

// The same path at many places, filled by the colours in turn.
function repaintEach(context, op, path, places) {
  takePen(context, op);
  for (let i = 0; i < places.length; i += 2) {
    context.setTransform(1, 0, 0, 1, places[i], places[i + 1]);
    fillAndStroke(context, op, path, op.fills[(i / 2) % op.fills.length]);
  }
}

// Copies that look all alike: paint one on the scratch canvas, then copy its pixels. All places
// have the same fraction of a pixel (recorder.py rounds them), so the copies fit exactly.
function stampCopies(context, op, path, places, reach) {
  const fractionX = places[0] % 1;
  const fractionY = places[1] % 1;
  Object.assign(scratch, { width: 2 * reach, height: 2 * reach });
  scratchContext.translate(reach + fractionX, reach + fractionY);
  takePen(scratchContext, op);
  fillAndStroke(scratchContext, op, path, op.fills[0]);
  for (let i = 0; i < places.length; i += 2) {
    const x = places[i] - fractionX - reach;
    const y = places[i + 1] - fractionY - reach;
    context.drawImage(scratch, x, y);
  }
}

// How many pixels from its place a path may paint, with its pen and sharp corners.
function reachOf(points, op) {
  const penAndCorners = (MITER_LIMIT / 2) * (op.width ?? 0);
  return Math.ceil(1 + penAndCorners + Math.max(...points.map(Math.abs)));
}
