using System.Text.Json;
using EdgeBench.Models.Keras.Keras1;

namespace EdgeBench.Models.Keras;

/// <summary>Which Keras wrote a file: what the file says, and what it shows where it says nothing.</summary>
/// <param name="version">The version that it names.</param>
/// <param name="architecture">The architecture.</param>
internal sealed class KerasWriter(string? version, JsonElement architecture)
{
    /// <summary>The version it names.</summary>
    public string? Version { get; } = version;

    /// <summary>Whether the architecture is in the words of Keras 1.</summary>
    public bool IsKeras1 { get; } = Keras1Architecture.IsWrittenIn(version, architecture);

    /// <summary>2 or 3: a few names mean different functions in the two. Those of Keras 1 mean what they mean in Keras 2.</summary>
    public int Generation { get; } =
        version?.StartsWith("3.", StringComparison.Ordinal) ?? SpeaksKeras3(architecture) ? 3 : 2;

    /// <summary>Whether it computed with Theano, which places windows otherwise than TensorFlow does.</summary>
    public bool IsOnTheano { get; private init; }

    /// <summary>The same, computing with Theano.</summary>
    public KerasWriter OnTheano() => new(Version, architecture) { IsOnTheano = true };

    /// <summary>Whether it is the Keras inside TensorFlow 2.1 and earlier, whose versions are numbers of their own.</summary>
    public bool IsOfTensorFlow => Version?.EndsWith("-tf", StringComparison.Ordinal) == true;

    /// <summary>Whether it is older than a version; false where the file does not say its own.</summary>
    public bool IsBefore(int major, int minor) =>
        System.Version.TryParse(Version?.Split('-')[0], out var version) && version < new Version(major, minor);

    /// <summary>Whether the sequences of a Bidirectional are zero where a mask says so: Keras without TensorFlow, which ended with 2.3,
    /// repeats the step before.</summary>
    public bool ZeroesMaskedDirections => IsOfTensorFlow || !IsBefore(2, 4);

    /// <summary>Whether attention of several heads looks at the masks that come with its tensors.</summary>
    public bool HandsMasksToAttention => !IsBefore(2, 10);

    /// <summary>Whether layers that take several tensors in a list hand their masks on, and Keras 3 looks at them where it takes the
    /// greater, the lesser or the product.</summary>
    public bool HandsMasksOfLists => Generation == 2 || !IsBefore(3, 4);

    /// <summary>Whether a masked softmax is zero where its mask leaves nothing; before, all places were equal there.</summary>
    public bool ZeroesWhatSeesNothing => Generation == 3 && !IsBefore(3, 10);

    /// <summary>Only Keras 3 calls the shape of an input so.</summary>
    private static bool SpeaksKeras3(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty("batch_shape", out _)
            || element.EnumerateObject().Any(member => SpeaksKeras3(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(SpeaksKeras3),
        _ => false,
    };
}
