/* Giving the time stamp counter up for good: metrics_core/clock.cc.
 *
 * Threads that read the clock and find no scale look whether the counter is trusted, and publish a scale by
 * compare-and-swap. A snapshot that finds the counter wrong stores that it is given up, then takes the scale away.
 * Claimed: when all of them have ended, there is no scale.
 * Loads and stores take place in program order, as release stores and acquire loads do.
 * SEEDED_BUG: a thread that has published a scale does not look again whether the counter was given up.
 */
#define READERS 2

bool scale;
bool given_up;
byte ended;

inline give_up() {
  given_up = true;
  scale = false
}

proctype Reader() {
  bool is_published;
  if
  :: scale
  :: else ->
     if
     :: given_up
     :: else ->
        atomic {
          is_published = !scale;
          scale = true
        };
#ifndef SEEDED_BUG
        if
        :: is_published && given_up -> give_up()
        :: else
        fi
#endif
     fi
  fi;
  ended++
}

proctype Checker() {
  scale -> give_up();
  ended++
}

init {
  atomic {
    run Reader();
    run Reader();
    run Checker()
  };
  atomic {
    ended == READERS + 1 ->
    assert(!scale)
  }
}
