#!/bin/sh
[ $# -gt 0 ] || set -- "$PROGRAM-server"
exec "$@" --protected-mode no
