#!/usr/bin/env bash
# A quarter of a minute of chaos, in which every kind of fault comes; tools/chaos runs longer ones.
exec tests/chaos/chaos --seconds 12
