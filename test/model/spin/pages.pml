/*
 * The reference counts of one anonymous page, written for Spin from the kernel's source and not from putright's model:
 * one mistaken driver, ND - 1 correct ones, and a process that unmaps the page. -D BIAS | PINCOUNT | LRUCOUNT chooses the
 * design, -D PUTFORPIN | TWICE | NORELEASE the mistake. Each end state prints one line, "END ...", once.
 */
#ifndef ND
#define ND 2
#endif

int refcount = 1;
int pincount = 0;
byte mapcount = 1;
byte freed = 0;             /* how often */
bit present = 1;            /* the page table entry */
bit allocated = 1;
bit lru = 1;
bit was_lru = 0;            /* PageDmaPinnedWasLru() */
bit in_use = 0;             /* freed while used, or used after it */
bit warned = 0;             /* by every kernel */
bit few_refs = 0;           /* by debugging kernels: put_page() with fewer references than pins, */
bit bad_page = 0;           /* a page freed while mapped, */
bit pins_left = 0;          /* a page freed with pins */
bit mistaken = 0;
bit holds[ND];
byte holds_since[ND];
hidden byte k;

inline page_free() {
  in_use = in_use || mapcount > 0;
  k = 0;
  do
  :: k < ND -> in_use = in_use || (holds[k] && holds_since[k] == freed); k++
  :: else -> break
  od;
#ifdef LRUCOUNT
  warned = warned || mapcount > 0;
#else
  bad_page = bad_page || mapcount > 0;
#endif
#ifdef PINCOUNT
  pins_left = pins_left || pincount != 0;
#endif
  allocated = 0; refcount = 0; pincount = 0; lru = 0; was_lru = 0; freed++
}

inline sub_ref(n) {
  refcount = refcount - n;
  if
  :: refcount == 0 && allocated -> page_free()
  :: else
  fi
}

inline put_page() {
#ifdef LRUCOUNT
  few_refs = few_refs || (pincount > 0 && refcount < pincount);
#endif
  sub_ref(1)
}

inline used(since) { in_use = in_use || since != freed }

#ifdef BIAS
#define UNPIN(last) d_step { used(since); holds[me] = 0; sub_ref(1024) }
#define UNDO sub_ref(1024)
#else
inline sub_pin() {
  pincount--;
#ifdef LRUCOUNT
  if
  :: pincount == 0 && was_lru -> was_lru = 0; lru = 1
  :: else
  fi
#endif
}
#define UNPIN(last) d_step { used(since); sub_pin() }; d_step { holds[me] = 0; sub_ref(1) }
#define UNDO sub_pin(); sub_ref(1)
#endif

proctype driver(byte me; bit wrong) {
  byte since;
  bit ok;
walk:
  ok = present;
  if
  :: !ok -> goto out    /* the fault finds no mapping */
  :: else
  fi;
  d_step {
    if
#ifdef LRUCOUNT
    :: refcount == 0 -> ok = 0
#else
    :: refcount <= 0 -> ok = 0; warned = warned || present
#endif
    :: else -> ok = 1; since = freed; holds[me] = 1; holds_since[me] = since;
#ifdef BIAS
      refcount = refcount + 1024
#else
      refcount++
#endif
    fi
  };
  if
  :: !ok && present -> goto out
  :: !ok && !present -> goto walk
  :: else
  fi;
#ifndef BIAS
#ifdef LRUCOUNT
  d_step {
    if
    :: pincount <= 0 -> pincount = 1; was_lru = was_lru || lru; lru = 0
    :: else -> pincount++
    fi
  };
#else
  pincount++;
#endif
#endif
  d_step {
    if
    :: present -> ok = 1
    :: else -> ok = 0; holds[me] = 0; UNDO
    fi
  };
  if
  :: !ok -> goto walk
  :: else
  fi;
  if
  :: !wrong -> UNPIN(1)
  :: else ->
#ifdef PUTFORPIN
    d_step { mistaken = 1; used(since); holds[me] = 0; put_page() }
#endif
#ifdef TWICE
    UNPIN(0);
#ifdef BIAS
    d_step { mistaken = 1; used(since); sub_ref(1024) }
#else
    d_step { mistaken = 1; used(since); sub_pin() }; d_step { sub_ref(1) }
#endif
#endif
#ifdef NORELEASE
    mistaken = 1
#endif
  fi;
out:
  since = 0;
  d_step { ok = 0; holds_since[me] = (holds[me] -> holds_since[me] : 0) }
}

proctype process() {
  byte since;
  d_step { since = freed; present = 0; mapcount-- };
  d_step { used(since); put_page() };
  since = 0
}

/* Nobody will drop what is left: more references than mappings, none that is positive, pins, or off the LRU for good. */
#ifdef BIAS
#define LEFT refcount >= 1024
#else
#ifdef LRUCOUNT
#define LEFT pincount > 0 || !lru
#else
#define LEFT pincount > 0
#endif
#endif
#define UNEVICTABLE (allocated && (refcount > mapcount || refcount <= 0 || LEFT))

init {
  byte n = 0;
  atomic {
    do
    :: n < ND -> run driver(n, n == 0); n++
    :: else -> break
    od;
    run process()
  };
  /* All others are gone: one such state for each end. */
  _nr_pr == 1;
  printf("END verdict %d%d state %d %d %d %d %d %d %d %d%d%d %d %d\n", UNEVICTABLE, in_use, allocated, refcount, pincount, mapcount, lru, in_use, warned, few_refs, bad_page, pins_left, mistaken, holds[0])
}
