/* A slow disk for benchmarks: every flush takes FLUSH_US microseconds longer.
 *
 *     cc -shared -fPIC -O2 -o slow_flush.so benches/relay/slow_flush.c
 *     LD_PRELOAD=./slow_flush.so FLUSH_US=4000 cargo bench --bench relay --no-default-features --features relay
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int late(long result) {
    const char *said = getenv("FLUSH_US");
    long us = said ? atol(said) : 0;
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&pause, NULL);
    return (int)result;
}

int fsync(int file) { return late(syscall(SYS_fsync, file)); }

int fdatasync(int file) { return late(syscall(SYS_fdatasync, file)); }
