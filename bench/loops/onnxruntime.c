/* A bare loop over ONNX Runtime's C API: loads a model, warms up for 200 ms, and prints the nanoseconds of each timed run.
   usage: onnxruntime MODEL RUNS THREADS SPINNING(0 or 1) */
#include "seeded.h"
#include <onnxruntime_c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const OrtApi *api;

static void check(OrtStatus *status) {
  if (status) {
    fprintf(stderr, "%s\n", api->GetErrorMessage(status));
    exit(1);
  }
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* A float tensor of the shape that the model says, with an open batch of 1, and memory that stays. */
static OrtValue *tensor(const OrtTypeInfo *type, const OrtMemoryInfo *memory) {
  const OrtTensorTypeAndShapeInfo *shape;
  size_t rank, count = 1;
  int64_t sizes[16];
  OrtValue *result;
  check(api->CastTypeInfoToTensorInfo(type, &shape));
  check(api->GetDimensionsCount(shape, &rank));
  check(api->GetDimensions(shape, sizes, rank));
  for (size_t axis = 0; axis < rank; axis++) {
    if (sizes[axis] < 1) sizes[axis] = 1;
    count *= (size_t)sizes[axis];
  }
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  fill(values, count);
  check(api->CreateTensorWithDataAsOrtValue(
      memory, values, count * sizeof(float), sizes, rank, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &result));
  return result;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  int runs = atoi(arguments[2]);
  OrtEnv *environment;
  OrtSessionOptions *options;
  OrtSession *session;
  OrtAllocator *allocator;
  OrtMemoryInfo *memory;
  OrtTypeInfo *input_type, *output_type;
  char *input_name, *output_name;

  setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  api = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  check(api->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "loop", &environment));
  check(api->CreateSessionOptions(&options));
  check(api->SetIntraOpNumThreads(options, atoi(arguments[3])));
  check(api->SetInterOpNumThreads(options, 1));
  check(api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
  check(api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", arguments[4]));
  check(api->CreateSession(environment, arguments[1], options, &session));
  check(api->GetAllocatorWithDefaultOptions(&allocator));
  check(api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory));
  check(api->SessionGetInputName(session, 0, allocator, &input_name));
  check(api->SessionGetOutputName(session, 0, allocator, &output_name));
  check(api->SessionGetInputTypeInfo(session, 0, &input_type));
  check(api->SessionGetOutputTypeInfo(session, 0, &output_type));
  const OrtValue *input = tensor(input_type, memory);
  OrtValue *output = tensor(output_type, memory);
  const char *inputs[] = {input_name}, *outputs[] = {output_name};
  long long *times = malloc(sizeof(long long) * (size_t)runs);

  for (long long end = now() + 200000000LL; now() < end;)
    check(api->Run(session, NULL, inputs, &input, 1, outputs, 1, &output));
  for (int run = 0; run < runs; run++) {
    long long begin = now();
    check(api->Run(session, NULL, inputs, &input, 1, outputs, 1, &output));
    times[run] = now() - begin;
  }
  for (int run = 0; run < runs; run++) printf("%lld\n", times[run]);
  return 0;
}
