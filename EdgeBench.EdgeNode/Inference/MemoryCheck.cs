namespace EdgeBench.EdgeNode.Inference;

/// <summary>Sees beforehand what cannot succeed.</summary>
internal static class MemoryCheck
{
    /// <exception cref="InferenceFailedException">The job's files alone are larger than the memory that the run may use, or cannot be
    /// read.</exception>
    public static void Check(InferenceRequest request)
    {
        long bytes = 0;
        foreach (var path in request.Files.Values)
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new InferenceFailedException(InferenceFailureKind.DiskNotUsable, $"the job's file {path} is not there");
            }

            bytes += file.Length;
        }

        if (bytes > request.Limits.MemoryBytes)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.OutOfMemory,
                $"the model and its inputs have {bytes >> 20} MiB, more than the memory limit of {request.Limits.MemoryBytes >> 20} MiB; "
                + "raise it, or take a smaller model");
        }
    }
}
