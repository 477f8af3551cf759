// A library with the functions of LiteRT that the runner calls. It computes next to nothing, and ends the process where a call comes out of
// its order, with a structure that is not laid out as LiteRT's, or with a buffer that is not what it must be. Two variables tell it what to be:
//   LITERT_STUB_GRAPH  the tensors, such as "in 1:-1,4 out 1:-1,4 out =0": element type and dimensions (-1: the batch, -2: only a run
//                      tells); "=0" is the first input itself. Output k is twice input k where it has floats, else a copy of it.
//   LITERT_STUB_FAIL   a call and what it shall return, such as "RunCompiledModel=3"
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define DEMAND(condition) ((condition) ? (void)0 : violated(__func__, #condition))
#define MAY_FAIL() do { int status = failure(__func__); if (status) return status; } while (0)
#define MAXIMUM 8

typedef struct { int32_t type; union { int64_t integer; const void *pointer; } value; } Any;
typedef struct { int32_t tag; Any value; } EnvironmentOption;
typedef struct { uint32_t bits; int32_t dimensions[8]; uint32_t strides[8]; } Layout;
typedef struct { int32_t element; Layout layout; } TensorType;
_Static_assert(sizeof(Any) == 16 && sizeof(EnvironmentOption) == 24, "options");
_Static_assert(sizeof(Layout) == 68 && sizeof(TensorType) == 72, "tensor types");

typedef struct { int32_t element, rank, dimensions[8], same_as_input; } Tensor;
typedef struct { int is_input, index; } Requirements;
typedef struct { Requirements *of; size_t size; void *elements; int locked; } Buffer;
typedef struct { char key[32]; void *text; void (*destroy)(void *); } Opaque;
typedef struct { int accelerators, parts; Opaque *part[MAXIMUM]; } Options;

static int environment, model, signature, compiled;     // Their addresses are the handles.
static int environments, models, compilations, options, buffers, runs;
static const char *file;
static size_t file_size;
static pthread_t owner;
static Tensor tensors[2][MAXIMUM];
static int counts[2];
static Requirements requirements[2][MAXIMUM];
static Buffer *made[2][MAXIMUM];

static void violated(const char *function, const char *what) {
    fprintf(stderr, "stub: %s: violated: %s\n", function, what);
    abort();
}

static int failure(const char *function) {
    const char *wanted = getenv("LITERT_STUB_FAIL");
    size_t length = strlen(function) - strlen("LiteRt");
    return wanted && !strncmp(wanted, function + strlen("LiteRt"), length) && wanted[length] == '=' ? atoi(wanted + length + 1) : 0;
}

static void read_graph(void) {
    const char *text = getenv("LITERT_STUB_GRAPH");
    counts[0] = counts[1] = 0;
    for (text = text ? text : "in 1:1,4 out 1:1,4"; *text;) {
        int is_input = !strncmp(text, "in ", 3);
        Tensor *tensor = &tensors[is_input][counts[is_input]++];
        memset(tensor, 0, sizeof *tensor);
        tensor->same_as_input = -1;
        text = strchr(text, ' ') + 1;
        char *end = (char *)text;
        if (*text == '=') {
            int input = strtol(text + 1, &end, 10);
            *tensor = tensors[1][input];
            tensor->same_as_input = input;
        } else {
            tensor->element = strtol(text, &end, 10);
            while (*end == ':' || *end == ',') tensor->dimensions[tensor->rank++] = strtol(end + 1, &end, 10);
        }
        text = *end ? end + 1 : end;
    }
}

static size_t element_size(int32_t element) {
    return element == 1 || element == 2 ? 4 : element == 4 || element == 11 ? 8 : element == 10 ? 2 : 1;
}

// What a tensor's dimensions are once the inputs have theirs.
static int32_t dimension(const Tensor *tensor, int axis, int is_known) {
    int32_t size = tensor->dimensions[axis];
    return size == -2 || (size == -1 && !is_known) ? -1 : size == -1 ? tensors[1][0].dimensions[0] : size;
}

static void write_layout(const Tensor *tensor, int is_known, Layout *layout) {
    memset(layout, 0xCD, sizeof *layout);
    layout->bits = (uint32_t)tensor->rank;
    for (int axis = 0; axis < tensor->rank; axis++) layout->dimensions[axis] = dimension(tensor, axis, is_known);
}

static size_t bytes_of(const Tensor *tensor) {
    size_t size = element_size(tensor->element);
    for (int axis = 0; axis < tensor->rank; axis++) size *= (size_t)dimension(tensor, axis, 1);
    return size;
}

static void demand_compiled(const void *handle) {
    DEMAND(handle == &compiled && compilations == 1);
    DEMAND(pthread_equal(owner, pthread_self()));
    DEMAND(file_size >= 8 && !memcmp(file + 4, "TFL3", 4));
}

EXPORT int LiteRtCreateEnvironment(int count, const EnvironmentOption *given, void **result) {
    MAY_FAIL();
    DEMAND(environments == 0 && count == 2);
    DEMAND(given[0].tag == 24 && given[0].value.type == 2 && given[0].value.value.integer == 1);
    DEMAND(given[1].tag == 25 && given[1].value.type == 2 && given[1].value.value.integer == 4);
    read_graph();
    environments++;
    *result = &environment;
    return 0;
}

EXPORT void LiteRtDestroyEnvironment(void *handle) {
    DEMAND(handle == &environment && environments == 1);
    DEMAND(models == 0 && compilations == 0 && options == 0 && buffers == 0);
    environments--;
    fprintf(stderr, "stub: all is freed after %d runs\n", runs);
}

EXPORT int LiteRtCreateModelFromBuffer(void *given, const void *bytes, size_t size, void **result) {
    MAY_FAIL();
    DEMAND(given == &environment && environments == 1 && models == 0);
    DEMAND(bytes && (uintptr_t)bytes % 64 == 0);
    if (size < 8 || memcmp((const char *)bytes + 4, "TFL3", 4)) return 501;
    file = bytes;
    file_size = size;
    models++;
    *result = &model;
    return 0;
}

EXPORT void LiteRtDestroyModel(void *handle) {
    DEMAND(handle == &model && models == 1 && compilations == 0 && buffers == 0);
    models--;
}

EXPORT int LiteRtCreateOptions(void **result) {
    MAY_FAIL();
    options++;
    *result = calloc(1, sizeof(Options));
    return 0;
}

EXPORT int LiteRtSetOptionsHardwareAccelerators(void *handle, int bits) {
    MAY_FAIL();
    ((Options *)handle)->accelerators = bits;
    return 0;
}

EXPORT int LiteRtCreateOpaqueOptions(const char *key, void *text, void (*destroy)(void *), void **result) {
    MAY_FAIL();
    DEMAND(key && text && destroy && strlen(key) < sizeof(((Opaque *)0)->key));
    Opaque *part = calloc(1, sizeof *part);
    strcpy(part->key, key);
    part->text = text;
    part->destroy = destroy;
    *result = part;
    return 0;
}

EXPORT int LiteRtAddOpaqueOptions(void *handle, void *part) {
    MAY_FAIL();
    Options *all = handle;
    DEMAND(all->parts < MAXIMUM);
    all->part[all->parts++] = part;
    return 0;
}

EXPORT void LiteRtDestroyOptions(void *handle) {
    Options *all = handle;
    DEMAND(options == 1);
    options--;
    for (int index = 0; index < all->parts; index++) {
        all->part[index]->destroy(all->part[index]->text);
        free(all->part[index]);
    }
    free(all);
}

EXPORT int LiteRtCreateCompiledModel(void *given, void *of, void *handle, void **result) {
    MAY_FAIL();
    Options *all = handle;
    DEMAND(given == &environment && of == &model && models == 1 && compilations == 0);
    DEMAND(options == 1 && all->accelerators == 1 && all->parts == 2);
    DEMAND(!strcmp(all->part[0]->key, "xnnpack") && !strcmp(all->part[1]->key, "cpu_delegate"));
    DEMAND(!strcmp(all->part[0]->text, all->part[1]->text));
    fprintf(stderr, "stub: options: %s", (char *)all->part[0]->text);
    compilations++;
    owner = pthread_self();
    *result = &compiled;
    return 0;
}

EXPORT void LiteRtDestroyCompiledModel(void *handle) {
    demand_compiled(handle);
    DEMAND(buffers == 0);
    compilations--;
}

EXPORT int LiteRtGetModelSignature(void *of, size_t index, void **result) {
    MAY_FAIL();
    DEMAND(of == &model && models == 1 && index == 0);
    *result = &signature;
    return 0;
}

EXPORT int LiteRtGetNumSignatureInputs(void *of, size_t *result) {
    MAY_FAIL();
    DEMAND(of == &signature);
    *result = (size_t)counts[1];
    return 0;
}

EXPORT int LiteRtGetNumSignatureOutputs(void *of, size_t *result) {
    MAY_FAIL();
    DEMAND(of == &signature);
    *result = (size_t)counts[0];
    return 0;
}

EXPORT int LiteRtGetSignatureInputTensorByIndex(void *of, size_t index, void **result) {
    MAY_FAIL();
    DEMAND(of == &signature && index < (size_t)counts[1]);
    *result = &tensors[1][index];
    return 0;
}

EXPORT int LiteRtGetSignatureOutputTensorByIndex(void *of, size_t index, void **result) {
    MAY_FAIL();
    DEMAND(of == &signature && index < (size_t)counts[0]);
    Tensor *tensor = &tensors[0][index];
    *result = tensor->same_as_input >= 0 ? &tensors[1][tensor->same_as_input] : tensor;
    return 0;
}

EXPORT int LiteRtGetRankedTensorType(void *of, TensorType *result) {
    MAY_FAIL();
    const Tensor *tensor = of;
    result->element = tensor->element;
    write_layout(tensor, 0, &result->layout);
    return 0;
}

EXPORT int LiteRtCompiledModelResizeInputTensor(void *handle, size_t at, size_t index, const int *dimensions, size_t rank) {
    MAY_FAIL();
    demand_compiled(handle);
    DEMAND(at == 0 && index < (size_t)counts[1] && buffers == 0);
    Tensor *tensor = &tensors[1][index];
    DEMAND(rank == (size_t)tensor->rank);
    for (size_t axis = 0; axis < rank; axis++) {
        DEMAND(dimensions[axis] > 0 && (tensor->dimensions[axis] < 0 || tensor->dimensions[axis] == dimensions[axis]));
        tensor->dimensions[axis] = dimensions[axis];
    }
    return 0;
}

EXPORT int LiteRtGetCompiledModelOutputTensorLayouts(void *handle, size_t at, size_t count, Layout *layouts, _Bool update) {
    MAY_FAIL();
    demand_compiled(handle);
    DEMAND(at == 0 && count == (size_t)counts[0] && update == 1);
    for (size_t index = 0; index < count; index++) write_layout(&tensors[0][index], 1, &layouts[index]);
    return 0;
}

static int requirements_of(void *handle, int is_input, size_t at, size_t index, void **result) {
    demand_compiled(handle);
    DEMAND(at == 0 && index < (size_t)counts[is_input]);
    requirements[is_input][index] = (Requirements){is_input, (int)index};
    *result = &requirements[is_input][index];
    return 0;
}

EXPORT int LiteRtGetCompiledModelInputBufferRequirements(void *handle, size_t at, size_t index, void **result) {
    MAY_FAIL();
    return requirements_of(handle, 1, at, index, result);
}

EXPORT int LiteRtGetCompiledModelOutputBufferRequirements(void *handle, size_t at, size_t index, void **result) {
    MAY_FAIL();
    return requirements_of(handle, 0, at, index, result);
}

EXPORT int LiteRtCreateManagedTensorBufferFromRequirements(void *given, const TensorType *type, void *wanted, void **result) {
    MAY_FAIL();
    Requirements *of = wanted;
    DEMAND(given == &environment && compilations == 1);
    DEMAND(of == &requirements[of->is_input][of->index]);
    const Tensor *tensor = &tensors[of->is_input][of->index];
    DEMAND(type->element == tensor->element && type->layout.bits == (uint32_t)tensor->rank);
    for (int axis = 0; axis < tensor->rank; axis++) DEMAND(type->layout.dimensions[axis] == dimension(tensor, axis, 1));
    Buffer *buffer = calloc(1, sizeof *buffer);
    buffer->of = of;
    buffer->size = bytes_of(tensor);
    buffer->elements = aligned_alloc(64, (buffer->size / 64 + 1) * 64);
    memset(buffer->elements, 0xAB, buffer->size);
    made[of->is_input][of->index] = buffer;
    buffers++;
    *result = buffer;
    return 0;
}

EXPORT int LiteRtGetTensorBufferPackedSize(void *handle, size_t *result) {
    MAY_FAIL();
    *result = ((Buffer *)handle)->size;
    return 0;
}

EXPORT int LiteRtLockTensorBuffer(void *handle, void **result, int mode) {
    MAY_FAIL();
    Buffer *buffer = handle;
    DEMAND(!buffer->locked && (mode == 0 || (mode == 1 && buffer->of->is_input)));
    buffer->locked = 1;
    *result = buffer->elements;
    return 0;
}

EXPORT int LiteRtUnlockTensorBuffer(void *handle) {
    DEMAND(((Buffer *)handle)->locked);
    ((Buffer *)handle)->locked = 0;
    MAY_FAIL();
    return 0;
}

EXPORT void LiteRtDestroyTensorBuffer(void *handle) {
    Buffer *buffer = handle;
    DEMAND(!buffer->locked && compilations == 1);
    free(buffer->elements);
    free(buffer);
    buffers--;
}

static void demand_buffers(int is_input, size_t count, void **given) {
    DEMAND(count == (size_t)counts[is_input]);
    for (size_t index = 0; index < count; index++) DEMAND(given[index] == made[is_input][index] && !made[is_input][index]->locked);
}

EXPORT int LiteRtRunCompiledModel(void *handle, size_t at, size_t inputs, void **input, size_t outputs, void **output) {
    demand_compiled(handle);
    DEMAND(at == 0);
    demand_buffers(1, inputs, input);
    demand_buffers(0, outputs, output);
    MAY_FAIL();
    for (int index = 0; index < counts[0] && counts[1] > 0; index++) {
        const Buffer *from = made[1][index % counts[1]], *to = made[0][index];
        if (tensors[0][index].same_as_input >= 0) continue;     // As LiteRT does: the output's own buffer is left as it was.
        if (tensors[0][index].element != 1) {
            memcpy(to->elements, from->elements, to->size < from->size ? to->size : from->size);
            continue;
        }
        for (size_t at_element = 0; at_element < to->size / 4 && at_element < from->size / 4; at_element++)
            ((float *)to->elements)[at_element] = 2 * ((const float *)from->elements)[at_element];
    }
    runs++;
    return 0;
}
