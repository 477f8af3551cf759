namespace EdgeBench.EdgeNode.Facts;

/// <summary>What a core is, by the registers in which it says so.</summary>
internal abstract record CpuIdentity
{
    private CpuIdentity()
    {
    }

    /// <summary>The main ID register of an ARM core.</summary>
    public sealed record Arm(string Implementer, string Part, string Variant, int Revision) : CpuIdentity
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Implementer}:{Part} r{Variant.Replace("0x", "", StringComparison.Ordinal)}p{Revision}";
    }

    /// <summary>What CPUID says of an x86 core.</summary>
    public sealed record X86(string Vendor, int Family, int Model, int? Stepping) : CpuIdentity
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Vendor} family {Family} model {Model}" + (Stepping is { } stepping ? $" stepping {stepping}" : "");
    }
}
