namespace EdgeBench.Cluster.Conversion;

/// <summary>What the converter goes by.</summary>
internal sealed record ConversionSettings
{
    /// <summary>What converts.</summary>
    public required IModelConversion Conversion { get; init; }

    /// <summary>Its version: another one may give another outcome.</summary>
    public required string ConverterVersion { get; init; }

    /// <summary>How many conversions run at once.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>How long one may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The server's clock.</summary>
    public required TimeProvider Time { get; init; }
}
