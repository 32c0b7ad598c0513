#!/usr/bin/env bash
# Half a minute of chaos; tools/chaos runs longer ones.
exec tests/chaos/chaos --seconds 25
