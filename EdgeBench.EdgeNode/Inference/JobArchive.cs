using System.Formats.Tar;
using System.IO.Pipelines;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>A job folder as a tar stream, made while it is read: a model may be larger than what memory is left.</summary>
internal static class JobArchive
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Opens the stream.</summary>
    /// <param name="request">The run.</param>
    /// <param name="writing">Ends when all was written, and fails where a file cannot be read; to be awaited after the reading.</param>
    public static Stream Open(InferenceRequest request, out Task writing)
    {
        var pipe = new Pipe();
        writing = WriteAsync(pipe.Writer, request);
        return pipe.Reader.AsStream();
    }

    /// <summary>The text of <c>job.json</c>.</summary>
    public static byte[] JobJson(Job job) => JsonSerializer.SerializeToUtf8Bytes(job, RunnerJson.Default.Job);

    private static async Task WriteAsync(PipeWriter writer, InferenceRequest request)
    {
        try
        {
            var tar = new TarWriter(writer.AsStream(leaveOpen: true), TarEntryFormat.Pax, leaveOpen: false);
            await using (tar.ConfigureAwait(false))
            {
                using var job = new MemoryStream(JobJson(request.Job));
                await AddAsync(tar, Job.FileName, job).ConfigureAwait(false);
                foreach (var (name, path) in request.Files)
                {
                    var file = File.OpenRead(path);
                    await using (file.ConfigureAwait(false))
                    {
                        await AddAsync(tar, name, file).ConfigureAwait(false);
                    }
                }
            }

            await writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            await writer.CompleteAsync(problem).ConfigureAwait(false);
            throw;
        }
    }

    private static Task AddAsync(TarWriter tar, string name, Stream content) =>
        tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = ReadOnly, DataStream = content });
}
