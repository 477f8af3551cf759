using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Onnx;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Models;

/// <summary>Finds out what a file is, by its content, and has it read.</summary>
internal static class ModelReader
{
    private const int HeadBytes = 4096;

    /// <summary>What is said of the text that Git has in place of a large file.</summary>
    public const string GitLfsHelp = "is a Git LFS pointer, not the file itself; run git lfs pull where it came from";

    private const string SavedModelHelp =
        "is a TensorFlow SavedModel, which is not read; in Python type model.save(\"model.keras\"), or "
        + "keras.models.load_model(PATH).save(\"model.keras\"), and give that file";

    private const string TorchHelp =
        "is a PyTorch file, which holds Python code and is not read; in Python type torch.onnx.export(model, example_input, "
        + "\"model.onnx\") and give that file";

    private const string Unknown =
        "is no Keras model (.h5, .keras, architecture .json) and no ONNX or TFLite file; in Python type model.save(\"model.keras\") and "
        + "give that file";

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelNotAcceptedException">The file is not accepted.</exception>
    public static Model Read(string path, ModelReadOptions options, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ModelFileException(IsSavedModel(path) ? SavedModelHelp : "is a folder; give the model file itself");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(path, stream, options, cancellationToken);
        }
        catch (ModelFileException e)
        {
            throw new ModelNotAcceptedException(path, e.Message, e);
        }
        catch (OverflowException e)
        {
            throw new ModelNotAcceptedException(path, "its sizes are too large to compute with", e);
        }
        catch (ModelRefusedException e)
        {
            throw new ModelNotAcceptedException(path, e.Problems, e);
        }
        catch (SubclassedModelException e)
        {
            const string Reason = "is a subclassed model, whose graph is only in its author's Python code; build it as a Functional "
                + "model, or export it with model.export(\"folder\") and convert that in Python to ONNX";
            throw new ModelNotAcceptedException(path, [new ModelProblem(e.ClassName, null, Reason)], e);
        }
    }

    private static bool IsSavedModel(string folder) =>
        File.Exists(Path.Combine(folder, "saved_model.pb")) || File.Exists(Path.Combine(folder, "saved_model.pbtxt"));

    private static Model Read(string path, FileStream stream, ModelReadOptions options, CancellationToken cancellationToken)
    {
        var buffer = new byte[HeadBytes];
        var head = buffer.AsSpan(0, stream.ReadAtLeast(buffer, HeadBytes, throwOnEndOfStream: false));
        stream.Position = 0;
        if (head.IsEmpty)
        {
            throw new ModelFileException("is empty; save or copy the model again");
        }

        if (IsHdf5(head))
        {
            return KerasFile.ReadHdf5(path, stream, options, cancellationToken);
        }

        if (head.StartsWith("PK"u8))
        {
            return KerasFile.ReadArchive(path, stream, options, TorchHelp, cancellationToken);
        }

        if (LooksLikeJson(head))
        {
            return KerasFile.ReadJson(path, stream, options, cancellationToken);
        }

        if (head.StartsWith("version https://git-lfs"u8))
        {
            throw new ModelFileException(GitLfsHelp);
        }

        if (TfliteReader.IsTflite(head))
        {
            return FinishedTflite.Read(path, stream, cancellationToken);
        }

        // Python's pickle, protocol 2 and later.
        if (head[0] == 0x80 && head.Length > 1 && head[1] is >= 2 and <= 5)
        {
            throw new ModelFileException(TorchHelp);
        }

        return OnnxReader.TryRead(path, stream, options, cancellationToken)
            ?? throw new ModelFileException(Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".PB" or ".PBTXT" => SavedModelHelp,
                ".PT" or ".PTH" => TorchHelp,
                _ => Unknown,
            });
    }

    /// <summary>A user block in front moves the signature to a power of two.</summary>
    private static bool IsHdf5(ReadOnlySpan<byte> head)
    {
        for (var at = 0; at < head.Length; at = at == 0 ? 512 : at * 2)
        {
            if (head[at..].StartsWith(Hdf5Content.Signature))
            {
                return true;
            }
        }

        return false;
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> head)
    {
        var text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        var start = text.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && text[start] is (byte)'{' or (byte)'"' or (byte)'[';
    }
}
