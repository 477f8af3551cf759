using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Conversion;

/// <summary>Makes a model in a format out of what a user handed in.</summary>
internal interface IModelConversion
{
    /// <summary>Converts a model. Computes on the calling thread, possibly for minutes.</summary>
    /// <param name="source">The model, whose files are in the artifact store.</param>
    /// <param name="format">The format.</param>
    /// <param name="precision">The precision.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    ConversionOutcome Convert(ModelSource source, string format, string precision, CancellationToken cancellationToken);
}
