/* The histogram read protocol: metrics_core/internal/cells/cell_reader.cc.
 *
 * A writer makes observations of the value 1, each as three stores: bucket, sum, count. A scraper reads count, sum and
 * count until the counts agree, then the buckets; where these do not add up to the count, it reads the pair and the
 * buckets again, and moves the first buckets towards the second ones until they do. Claimed, of every scrape:
 *   - the buckets it shows add up to the count it shows;
 *   - the sum is off by at most one observation;
 *   - count and buckets never run backwards.
 * Loads and stores take place in program order, as release stores and acquire loads do.
 * SEEDED_BUG: where the buckets do not add up, the count is taken from them and the sum stays as it was read before.
 */
#define OBSERVATIONS 4
#define SCRAPES 2

byte bucket[2];
byte sum;
byte count;

proctype Writer() {
  byte n;
  n = 0;
  do
  :: n < OBSERVATIONS ->
     if
     :: bucket[0] = bucket[0] + 1
     :: bucket[1] = bucket[1] + 1
     fi;
     sum = sum + 1;
     count = count + 1;
     n++
  :: else -> break
  od
}

/* The writer ends, so that the loop does; the code gives up after a number of rounds. */
inline read_pair(c, s) {
  byte again;
  do
  :: c = count;
     s = sum;
     again = count;
     if
     :: again == c -> break
     :: else
     fi
  od
}

inline advance(own, later, ahead) {
  byte growth;
  growth = later - own;
  if
  :: growth > ahead -> growth = ahead
  :: else
  fi;
  own = own + growth;
  ahead = ahead - growth
}

proctype Scraper() {
  byte scrape, c, s, own0, own1, later0, later1, ahead, shown;
  byte last0, last1;
  scrape = 0;
  do
  :: scrape < SCRAPES ->
     read_pair(c, s);
     own0 = bucket[0];
     own1 = bucket[1];
     shown = own0 + own1;
#ifndef SEEDED_BUG
     if
     :: shown != c ->
        read_pair(c, s);
        later0 = bucket[0];
        later1 = bucket[1];
        if
        :: c > shown ->
           ahead = c - shown;
           advance(own0, later0, ahead);
           advance(own1, later1, ahead);
           assert(ahead == 0);
           shown = c
        :: else
        fi
     :: else
     fi;
#endif
     d_step {
       assert(own0 + own1 == shown);
       assert(s <= shown + 1 && shown <= s + 1);
       assert(own0 >= last0 && own1 >= last1);
       last0 = own0;
       last1 = own1
     };
     scrape++
  :: else -> break
  od
}

init {
  atomic {
    run Writer();
    run Scraper()
  }
}
