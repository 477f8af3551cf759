using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Conversion;

/// <summary>Asks the converter for a model in a format and precision.</summary>
/// <param name="Source">The model as the user handed it in.</param>
/// <param name="Format">The format.</param>
/// <param name="Model">Which of the task's models it is: comes back with the answer.</param>
/// <param name="Precision">The precision.</param>
internal sealed record ConvertModel(ModelSource Source, string Format, int Model, string Precision = Messages.Tasks.Precision.Single);

/// <summary>The asking task no longer wants anything converted.</summary>
internal sealed record ForgetConversions
{
    /// <summary>The only one.</summary>
    public static ForgetConversions Instance { get; } = new();
}

/// <summary>The converter's answer.</summary>
/// <param name="Model">Which of the task's models it is.</param>
/// <param name="Format">The format that was asked for.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Precision">The precision that was asked for.</param>
internal sealed record ModelAnswer(int Model, string Format, ConversionOutcome Outcome, string Precision = Messages.Tasks.Precision.Single);

/// <summary>What came of a conversion: one of the two is there.</summary>
/// <param name="Converted">The converted model.</param>
/// <param name="Failure">Why there is none, and what to do.</param>
internal sealed record ConversionOutcome(ConvertedModel? Converted, CellFailure? Failure)
{
    /// <summary>A model that is not accepted, or cannot be given in the format.</summary>
    public static ConversionOutcome Refused(string message) => new(null, new CellFailure(FailureKind.ModelRefused, message));

    /// <summary>A model whose files do not compute what they should.</summary>
    public static ConversionOutcome Wrong(string message) => new(null, new CellFailure(FailureKind.CheckFailed, message));

    /// <summary>A conversion that failed for another reason than the model.</summary>
    public static ConversionOutcome Broken(string message) => new(null, new CellFailure(FailureKind.Internal, message));
}
