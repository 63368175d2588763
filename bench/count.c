// The counting loop of groupings.ts in C: people in the order of their groups, one dense counter and a
// list of the entitlements found. Reads a matrix of count-in-c.ts and prints one line per grouping:
// milliseconds of every run, then cells, grants and squares.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint32_t people, entitlements, grants, columns, runs;
static uint32_t *offsets, *items, **codes, *sizes;

static void *take(size_t bytes) {
  void *memory = calloc(bytes ? bytes : 1, 1);
  if (!memory) exit(3);
  return memory;
}

static uint32_t *read_array(FILE *file, size_t length) {
  uint32_t *array = take(length * sizeof *array);
  if (fread(array, sizeof *array, length, file) != length) exit(4);
  return array;
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static uint64_t cells, held, squares;

static void count_grouping(int first, int second) {
  uint32_t width = second < 0 ? 1 : sizes[second];
  uint32_t size = sizes[first] * width;
  uint32_t *keys = take(people * sizeof *keys);
  for (uint32_t p = 0; p < people; p++)
    keys[p] = second < 0 ? codes[first][p] : codes[first][p] * width + codes[second][p];
  uint32_t *ends = take((size + 1) * sizeof *ends);
  for (uint32_t p = 0; p < people; p++) ends[keys[p] + 1]++;
  for (uint32_t k = 0; k < size; k++) ends[k + 1] += ends[k];
  uint32_t *order = take(people * sizeof *order);
  for (uint32_t p = 0; p < people; p++) order[ends[keys[p]]++] = p;
  uint32_t *counts = take(entitlements * sizeof *counts);
  uint32_t *met = take((entitlements + 1) * sizeof *met);
  cells = held = squares = 0;
  uint32_t start = 0;
  for (uint32_t k = 0; k < size; k++) {
    uint32_t touched = 0;
    for (uint32_t m = start; m < ends[k]; m++) {
      uint32_t end = offsets[order[m] + 1];
      for (uint32_t i = offsets[order[m]]; i < end; i++) {
        uint32_t before = counts[items[i]]++;
        met[touched] = items[i];
        touched += before == 0;
      }
    }
    for (uint32_t t = 0; t < touched; t++) {
      uint64_t count = counts[met[t]];
      held += count;
      squares += count * count;
      counts[met[t]] = 0;
    }
    cells += touched;
    start = ends[k];
  }
  free(keys), free(ends), free(order), free(counts), free(met);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 2;
  uint32_t *head = read_array(file, 5);
  people = head[0], entitlements = head[1], grants = head[2], columns = head[3], runs = head[4];
  sizes = read_array(file, columns);
  offsets = read_array(file, (size_t)people + 1);
  items = read_array(file, grants);
  codes = take(columns * sizeof *codes);
  for (uint32_t c = 0; c < columns; c++) codes[c] = read_array(file, people);
  fclose(file);
  for (int line = 2; line + 1 < argc; line += 2) {
    int first = atoi(argv[line]), second = atoi(argv[line + 1]);
    for (uint32_t run = 0; run < runs; run++) {
      double start = now();
      count_grouping(first, second);
      printf("%.3f ", now() - start);
    }
    printf("%llu %llu %llu\n", (unsigned long long)cells, (unsigned long long)held,
           (unsigned long long)squares);
  }
  return 0;
}
