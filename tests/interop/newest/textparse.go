// Reads a page on standard input by the parser of Prometheus, and writes what it has as JSON, a
// line each. Its argument is the content type of the page.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

type line struct {
	Entry     string            `json:"entry"`
	Name      string            `json:"name,omitempty"`
	Text      string            `json:"text,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Value     string            `json:"value,omitempty"`
	Start     int64             `json:"start,omitempty"`
	Exemplars []exemplarLine    `json:"exemplars,omitempty"`
	Native    *nativeLine       `json:"native,omitempty"`
}

type exemplarLine struct {
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
	Time   int64             `json:"time"`
}

type nativeLine struct {
	Count         string      `json:"count"`
	Sum           string      `json:"sum"`
	Schema        int32       `json:"schema"`
	ZeroThreshold float64     `json:"zero_threshold"`
	ZeroCount     string      `json:"zero_count"`
	Positive      [][2]string `json:"positive"`
	Negative      [][2]string `json:"negative"`
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

func integers(spans []histogram.Span, deltas []int64) [][2]string {
	buckets := [][2]string{}
	index, next, count := int32(0), 0, int64(0)
	for _, span := range spans {
		index += span.Offset
		for range span.Length {
			count += deltas[next]
			buckets = append(buckets, [2]string{strconv.Itoa(int(index)), strconv.FormatInt(count, 10)})
			next++
			index++
		}
	}
	return buckets
}

func native(h *histogram.Histogram) *nativeLine {
	return &nativeLine{Count: strconv.FormatUint(h.Count, 10), Sum: number(h.Sum), Schema: h.Schema,
		ZeroThreshold: h.ZeroThreshold, ZeroCount: strconv.FormatUint(h.ZeroCount, 10),
		Positive: integers(h.PositiveSpans, h.PositiveBuckets), Negative: integers(h.NegativeSpans, h.NegativeBuckets)}
}

func series(parser textparse.Parser, found *line) {
	var read labels.Labels
	parser.Labels(&read)
	found.Labels = read.Map()
	found.Start = parser.StartTimestamp()
	for {
		var one exemplar.Exemplar
		if !parser.Exemplar(&one) {
			return
		}
		found.Exemplars = append(found.Exemplars, exemplarLine{one.Labels.Map(), number(one.Value), one.Ts})
	}
}

func read(contentType string, out *json.Encoder) error {
	page, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	parser, err := textparse.New(page, contentType, labels.NewSymbolTable(), textparse.ParserOptions{
		KeepClassicOnClassicAndNativeHistograms: true, OpenMetricsSkipSTSeries: true, EnableOpenMetrics2: true})
	if err != nil {
		return err
	}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		found := line{}
		switch entry {
		case textparse.EntryType:
			name, kind := parser.Type()
			found = line{Entry: "type", Name: string(name), Text: string(kind)}
		case textparse.EntryHelp:
			name, text := parser.Help()
			found = line{Entry: "help", Name: string(name), Text: string(text)}
		case textparse.EntryUnit:
			name, text := parser.Unit()
			found = line{Entry: "unit", Name: string(name), Text: string(text)}
		case textparse.EntrySeries:
			_, _, value := parser.Series()
			found = line{Entry: "series", Value: number(value)}
			series(parser, &found)
		case textparse.EntryHistogram:
			_, _, integer, _ := parser.Histogram()
			found = line{Entry: "histogram"}
			if integer == nil {
				return errors.New("a histogram of floats")
			}
			found.Native = native(integer)
			series(parser, &found)
		default:
			continue
		}
		if err := out.Encode(found); err != nil {
			return err
		}
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := read(os.Args[1], json.NewEncoder(out))
	out.Flush()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
