#include "exporters/c_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/c_cases.h"

typedef struct log_book {
  int lines;
  int destroyed;
} log_book;

static void write_line(void* of, const char* line) {
  C_EXPECT(line[0] != '\0');
  ++((log_book*)of)->lines;
}

static void destroy(void* of) {
  ++((log_book*)of)->destroyed;
}

static streamhouse_exporter_options options_for(streamhouse_registry* registry, log_book* book) {
  return (streamhouse_exporter_options){.size = sizeof(streamhouse_exporter_options),
                                        .registry = registry,
                                        .log = {.write = write_line, .user_data = book, .destroy = destroy}};
}

static streamhouse_counter counter_of(streamhouse_registry* registry, const char* name) {
  const streamhouse_metric_options options = {.size = sizeof(options), .name = name, .help = "Help"};
  streamhouse_counter_family family;
  C_EXPECT(streamhouse_add_counter(registry, &options, &family).code == STREAMHOUSE_OK);
  return streamhouse_counter_with(family, NULL, NULL, 0);
}

static const char* path_of_page(void) {
  static char path[512];
  snprintf(path, sizeof(path), "%s/page.prom", getenv("TEST_TMPDIR"));
  return path;
}

static const char* page(void) {
  static char text[4096];
  FILE* const file = fopen(path_of_page(), "r");
  C_EXPECT(file != NULL);
  text[file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file)] = '\0';
  if (file != NULL) fclose(file);
  return text;
}

// Writes a page of all registries to path_of_page(), at once and at the stop.
static streamhouse_exporter* start_textfile(const streamhouse_exporter_options* options) {
  char line[600];
  snprintf(line, sizeof(line), "textfile://%s", path_of_page());
  streamhouse_exporter* exporter = NULL;
  const streamhouse_status started = streamhouse_exporter_start(line, options, &exporter);
  C_EXPECT_TEXT(started.message, "");
  return exporter;
}

C_TEST(AnExporterOfALineBringsThePageOut) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  const streamhouse_counter counter = counter_of(registry, "sent_total");
  const streamhouse_exporter_options options = options_for(registry, &book);
  streamhouse_exporter* const exporter = start_textfile(&options);
  C_EXPECT_PART(page(), "\nsent_total 0\n");
  streamhouse_counter_add(counter, 3);
  C_EXPECT_NUMBER(book.destroyed, 0);
  streamhouse_exporter_stop(exporter);
  C_EXPECT_NUMBER(book.destroyed, 1);
  C_EXPECT_PART(page(), "\nsent_total 3\n");
  streamhouse_registry_free(registry);
}

C_TEST(SeveralRegistriesAreOnOnePage) {
  streamhouse_registry* const registries[] = {streamhouse_registry_new(), streamhouse_registry_new()};
  streamhouse_counter_add(counter_of(registries[0], "a_total"), 1);
  streamhouse_counter_add(counter_of(registries[1], "b_total"), 2);
  streamhouse_exporter_options options = {.size = sizeof(options), .registry = registries[0]};
  options.more_registries = &registries[1];
  options.more_registry_count = 1;
  streamhouse_exporter_stop(start_textfile(&options));
  C_EXPECT_PART(page(), "\na_total 1\n");
  C_EXPECT_PART(page(), "\nb_total 2\n");
  for (int i = 0; i < 2; ++i) streamhouse_registry_free(registries[i]);
}

C_TEST(AServerTellsItsPort) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_health* const health = streamhouse_health_new();
  const streamhouse_exporter_options options = {.size = sizeof(options), .registry = registry, .health = health};
  streamhouse_exporter *first, *second;
  C_EXPECT(streamhouse_exporter_start("prometheus://127.0.0.1:0", &options, &first).code == STREAMHOUSE_OK);
  const char* const name = streamhouse_exporter_name(first);
  C_EXPECT_PART(name, "prometheus://127.0.0.1:");
  C_EXPECT(strcmp(name, "prometheus://127.0.0.1:0") != 0);
  const streamhouse_status taken = streamhouse_exporter_start(name, &options, &second);
  C_EXPECT(taken.code == STREAMHOUSE_UNAVAILABLE && second == NULL);
  C_EXPECT_PART(taken.message, name);
  streamhouse_exporter_stop(first);
  streamhouse_health_free(health);
  streamhouse_registry_free(registry);
}

// Whether a server says that its program is ready.
static bool says_ready(const streamhouse_exporter* server) {
  const char* const address = streamhouse_exporter_name(server) + strlen("prometheus://");
  char command[200];
  snprintf(command, sizeof(command), "curl -s -f --max-time 30 -o /dev/null http://%s/ready", address);
  return system(command) == 0;
}

static bool fails(void* of, char* reason, size_t reason_bytes) {
  (void)of;
  snprintf(reason, reason_bytes, "full");
  return false;
}

C_TEST(AServerIsReadyWhereItsHealthIs) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_health* const health = streamhouse_health_new();
  const streamhouse_exporter_options options = {.size = sizeof(options), .registry = registry, .health = health};
  streamhouse_exporter* server;
  C_EXPECT(streamhouse_exporter_start("prometheus://127.0.0.1:0", &options, &server).code == STREAMHOUSE_OK);
  C_EXPECT(says_ready(server));
  streamhouse_token* const token = streamhouse_health_add(health, "disk", (streamhouse_check){.passes = fails});
  C_EXPECT(!says_ready(server));
  streamhouse_token_free(token);
  streamhouse_exporter_stop(server);
  streamhouse_health_free(health);
  streamhouse_registry_free(registry);
}

C_TEST(ABadLineIsRefusedByItsPart) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  const streamhouse_exporter_options options = options_for(registry, &book);
  streamhouse_exporter* exporter;
  const streamhouse_status refused = streamhouse_exporter_start("prometheus://:0?scrapes=many", &options, &exporter);
  C_EXPECT(refused.code == STREAMHOUSE_INVALID_ARGUMENT && exporter == NULL);
  C_EXPECT_TEXT(refused.field, "options.scrapes");
  C_EXPECT_NUMBER(book.destroyed, 1);
  streamhouse_registry_free(registry);
}

// As a newer header declares it.
typedef struct newer_options {
  streamhouse_exporter_options known;
  int newer;
} newer_options;

C_TEST(OptionsThatItDoesNotKnowAreRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  newer_options options = {.known = options_for(registry, &book), .newer = 1};
  options.known.size = sizeof(options);
  streamhouse_exporter* exporter;
  const streamhouse_status refused = streamhouse_exporter_start("prometheus://:0", &options.known, &exporter);
  C_EXPECT_TEXT(refused.field, "size");
  C_EXPECT_NUMBER(book.destroyed, 1);
  streamhouse_registry_free(registry);
}

C_TEST(ACountOfRegistriesThatIsNoneIsRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  streamhouse_exporter_options options = options_for(registry, &book);
  options.more_registries = &registry;
  options.more_registry_count = (size_t)-1;
  streamhouse_exporter* exporter;
  const streamhouse_status refused = streamhouse_exporter_start("prometheus://:0", &options, &exporter);
  C_EXPECT(refused.code == STREAMHOUSE_INVALID_ARGUMENT && exporter == NULL);
  C_EXPECT_TEXT(refused.message, "more_registry_count is above 1024");
  C_EXPECT_NUMBER(book.destroyed, 1);
  streamhouse_registry_free(registry);
}

C_TEST(TheLogTellsOfAPushThatFails) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  const streamhouse_exporter_options options = options_for(registry, &book);
  streamhouse_exporter* exporter;
  // No receiver listens on port 1. The last push, at the stop, fails.
  const char* const line = "pushgateway+http://127.0.0.1:1/job/a";
  C_EXPECT(streamhouse_exporter_start(line, &options, &exporter).code == STREAMHOUSE_OK);
  streamhouse_exporter_stop(exporter);
  C_EXPECT(book.lines > 0);
  streamhouse_registry_free(registry);
  streamhouse_exporter_stop(NULL);
}

C_TEST(ALogThatWritesNothingIsDestroyedAtTheStop) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  log_book book = {0, 0};
  streamhouse_exporter_options options = options_for(registry, &book);
  options.log.write = NULL;
  streamhouse_exporter* const exporter = start_textfile(&options);
  C_EXPECT_NUMBER(book.destroyed, 0);
  streamhouse_exporter_stop(exporter);
  C_EXPECT_NUMBER(book.destroyed, 1);
  streamhouse_registry_free(registry);
}

const char c_suite[] = "CExportersTest";
const c_case c_cases[] = {
    C_CASE(AnExporterOfALineBringsThePageOut),
    C_CASE(SeveralRegistriesAreOnOnePage),
    C_CASE(AServerTellsItsPort),
    C_CASE(AServerIsReadyWhereItsHealthIs),
    C_CASE(ABadLineIsRefusedByItsPart),
    C_CASE(OptionsThatItDoesNotKnowAreRefused),
    C_CASE(ACountOfRegistriesThatIsNoneIsRefused),
    C_CASE(TheLogTellsOfAPushThatFails),
    C_CASE(ALogThatWritesNothingIsDestroyedAtTheStop),
    C_NO_CASE,
};
