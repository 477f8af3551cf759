/* The inputs that the runner draws from seed 0 (docs/runner-contract.md), so that the loops compute the same. */
#include <stddef.h>
#include <stdint.h>

static void fill(float *values, size_t count) {
  for (size_t index = 0; index < count; index++) {
    uint64_t z = (uint64_t)(index + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    values[index] = (float)(z >> 40) / 16777216.0f;
  }
}
