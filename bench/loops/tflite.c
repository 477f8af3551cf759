/* A bare loop over TensorFlow Lite's C API: loads a model, warms up for 200 ms, and prints the nanoseconds of each timed run.
   usage: tflite MODEL RUNS THREADS XNNPACK(0 or 1) */
#include "seeded.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What is needed of tensorflow/lite/c/c_api.h and delegates/xnnpack/xnnpack_delegate.h, as they are in version 2.9. */
typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteTensor TfLiteTensor;
typedef struct TfLiteDelegate TfLiteDelegate;
typedef struct { int32_t num_threads; uint32_t flags; uint64_t of_later_versions[31]; } TfLiteXNNPackDelegateOptions;
TfLiteModel *TfLiteModelCreateFromFile(const char *);
TfLiteInterpreterOptions *TfLiteInterpreterOptionsCreate(void);
void TfLiteInterpreterOptionsSetNumThreads(TfLiteInterpreterOptions *, int32_t);
void TfLiteInterpreterOptionsAddDelegate(TfLiteInterpreterOptions *, TfLiteDelegate *);
TfLiteDelegate *TfLiteXNNPackDelegateCreate(const TfLiteXNNPackDelegateOptions *);
TfLiteInterpreter *TfLiteInterpreterCreate(const TfLiteModel *, const TfLiteInterpreterOptions *);
int TfLiteInterpreterAllocateTensors(TfLiteInterpreter *);
int TfLiteInterpreterInvoke(TfLiteInterpreter *);
TfLiteTensor *TfLiteInterpreterGetInputTensor(const TfLiteInterpreter *, int32_t);
void *TfLiteTensorData(const TfLiteTensor *);
size_t TfLiteTensorByteSize(const TfLiteTensor *);

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void require(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "%s failed\n", what);
    exit(1);
  }
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  int runs = atoi(arguments[2]), threads = atoi(arguments[3]);
  TfLiteModel *model = TfLiteModelCreateFromFile(arguments[1]);
  require(model != NULL, "loading");
  TfLiteInterpreterOptions *options = TfLiteInterpreterOptionsCreate();
  TfLiteInterpreterOptionsSetNumThreads(options, threads);
  if (atoi(arguments[4])) {
    TfLiteXNNPackDelegateOptions xnnpack = {.num_threads = threads, .flags = 3};
    TfLiteInterpreterOptionsAddDelegate(options, TfLiteXNNPackDelegateCreate(&xnnpack));
  }
  TfLiteInterpreter *interpreter = TfLiteInterpreterCreate(model, options);
  require(interpreter != NULL && TfLiteInterpreterAllocateTensors(interpreter) == 0, "preparing");
  TfLiteTensor *input = TfLiteInterpreterGetInputTensor(interpreter, 0);
  float *values = TfLiteTensorData(input);
  fill(values, TfLiteTensorByteSize(input) / sizeof(float));
  long long *times = malloc(sizeof(long long) * (size_t)runs);

  for (long long end = now() + 200000000LL; now() < end;) require(TfLiteInterpreterInvoke(interpreter) == 0, "running");
  for (int run = 0; run < runs; run++) {
    long long begin = now();
    require(TfLiteInterpreterInvoke(interpreter) == 0, "running");
    times[run] = now() - begin;
  }
  for (int run = 0; run < runs; run++) printf("%lld\n", times[run]);
  return 0;
}
