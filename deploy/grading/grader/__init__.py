"""Grades submissions: the student's code runs in a confined process, the answers stay outside."""
