#!/usr/bin/env bash
# Packages: mattn/go-sqlite3 1.14.53 and modernc.org/sqlite 1.62.0 (Go 1.26).
#
# Guess:    SQLite has no time type, so both drivers hand out the integer in a column declared
#           TIMESTAMP; or both convert it.
# Instead:  modernc hands out the integer. mattn converts it to a time: as seconds up to 1e12, as
#           milliseconds above. Nanoseconds count as milliseconds, too, and the product overflows: a
#           time in 2026 becomes one in March 2025. max() over the same column has no declared type,
#           so mattn hands out the right integer there.
# Matters:  who keeps record times in nanoseconds, as OTLP has them, reads a plausible but wrong
#           date, without an error. The range query (by max) and the row that it finds disagree.
#           Declare the column INTEGER.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath' CGO_ENABLED=1
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/mattn/go-sqlite3 v1.14.53
	modernc.org/sqlite v1.62.0
)
END
cat >main.go <<'END'
package main

import (
	"database/sql"
	"fmt"
	"log"
	"time"

	_ "github.com/mattn/go-sqlite3"
	_ "modernc.org/sqlite"
)

func main() {
	written := time.Date(2026, 9, 21, 14, 13, 20, 0, time.UTC)
	for name, driver := range map[string]string{"modernc": "sqlite", "mattn": "sqlite3"} {
		db, err := sql.Open(driver, "file:log.db")
		if err != nil {
			log.Fatal(err)
		}
		_, err = db.Exec("CREATE TABLE IF NOT EXISTS records (at TIMESTAMP); DELETE FROM records; INSERT INTO records VALUES (?)",
			written.UnixNano())
		if err != nil {
			log.Fatal(err)
		}
		var row, max any
		if err := db.QueryRow("SELECT at, (SELECT max(at) FROM records) FROM records").Scan(&row, &max); err != nil {
			log.Fatal(err)
		}
		if at, ok := row.(time.Time); ok {
			row = at.UTC().Format(time.DateOnly)
		}
		fmt.Printf("%s: row %T %v, max %T %v\n", name, row, row, max, max)
	}
}
END
go run . >out 2>log || { cat log; exit 1; }
echo "written: 2026-09-21 as 1790000000000000000"
sort -r out | tee sorted
cat >expected <<'END'
modernc: row int64 1790000000000000000, max int64 1790000000000000000
mattn: row string 2025-03-15, max int64 1790000000000000000
END
if ! cmp -s sorted expected; then
  echo "CHANGED: the two drivers read a TIMESTAMP column in another way"
  exit 1
fi
echo "SEEN: mattn/go-sqlite3 turns nanoseconds in a TIMESTAMP column into another date"
