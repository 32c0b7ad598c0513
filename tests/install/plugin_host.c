// Opens each plug-in that it is given, twice. A thread that has recorded in it ends after
// dlclose().
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static pthread_barrier_t steps;

static void* run(void* record) {
  int (*plugin_record)(void);
  *(void**)&plugin_record = record;
  const int code = plugin_record();
  pthread_barrier_wait(&steps);  // recorded
  pthread_barrier_wait(&steps);  // closed
  return code == 0 ? record : NULL;
}

static int try_plugin(const char* path) {
  void* plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (plugin == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  pthread_t thread;
  pthread_create(&thread, NULL, run, dlsym(plugin, "plugin_record"));
  pthread_barrier_wait(&steps);
  dlclose(plugin);
  pthread_barrier_wait(&steps);
  void* done;
  pthread_join(thread, &done);
  return done == NULL;
}

int main(int count, char** plugins) {
  pthread_barrier_init(&steps, NULL, 2);
  for (int i = 0; i < 2 * (count - 1); ++i) {
    if (try_plugin(plugins[1 + i % (count - 1)]) != 0) return 1;
  }
  return 0;
}
