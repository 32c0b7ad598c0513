import io.prometheus.metrics.expositionformats.generated.Metrics;
import io.prometheus.metrics.shaded.com_google_protobuf_4_36_2.DiscardUnknownFieldsParser;
import io.prometheus.metrics.shaded.com_google_protobuf_4_36_2.Parser;

/** Reads a page of protobuf on standard input by client_java's classes, and writes what they know of it. */
public final class ReadProtobuf {
  public static void main(String[] arguments) throws Exception {
    Parser<Metrics.MetricFamily> parser = DiscardUnknownFieldsParser.wrap(Metrics.MetricFamily.parser());
    Metrics.MetricFamily family;
    while ((family = parser.parseDelimitedFrom(System.in)) != null) {
      family.writeDelimitedTo(System.out);
    }
    System.out.flush();
  }
}
