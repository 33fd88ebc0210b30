#!/bin/sh
# A program that ignores SIGTERM, and prints no object.
trap '' TERM
echo " WARN this program does not end" >&2
while :; do sleep 1; done
