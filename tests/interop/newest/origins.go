// Reads lines of DogStatsD, and writes what the Datadog Agent's own code reads of the fields that
// tell an origin: a JSON object for each line.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"strings"

	"github.com/DataDog/datadog-agent/comp/core/tagger/origindetection"
)

type origin struct {
	Local    origindetection.LocalData
	External origindetection.ExternalData
}

func read(line string) (found origin, err error) {
	for _, field := range strings.Split(line, "|")[2:] {
		if value, is := strings.CutPrefix(field, "c:"); is && err == nil {
			found.Local, err = origindetection.ParseLocalData(value)
		}
		if value, is := strings.CutPrefix(field, "e:"); is && err == nil {
			found.External, err = origindetection.ParseExternalData(value)
		}
	}
	return found, err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		found, err := read(lines.Text())
		if err == nil {
			err = out.Encode(found)
		}
		if err != nil {
			log.Fatal(lines.Text(), ": ", err)
		}
	}
}
