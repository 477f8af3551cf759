using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>
/// The loops of multiply-adds that this CPU can run. Each accumulator is a chain of its own: with a latency of 4 to 5 cycles and two
/// multipliers, ten chains are needed; there are as many as registers allow beside the constants.
/// </summary>
internal static class MultiplyAddLoops
{
    private const int ChainsOf16Registers = 12;
    private const int ChainsOf32Registers = 24;

    // Small enough that the sums stay finite, and no sum is ever a denormal number.
    private const float Start = 1f;
    private const float Factor = 1e-3f;

    private static float _floats;
    private static int _integers;

    /// <summary>The loops with numbers of 32 bits.</summary>
    public static IReadOnlyList<MultiplyAddLoop> Float32 { get; } =
    [
        .. Of(Avx512F.IsSupported, "AVX-512 fused multiply-add", ChainsOf32Registers * 16 * 2, Avx512),
        .. Of(Fma.IsSupported, "AVX fused multiply-add", ChainsOf16Registers * 8 * 2, Avx),
        .. Of(AdvSimd.IsSupported, "NEON fused multiply-add", ChainsOf32Registers * 4 * 2, Neon),
        .. Of(Sse.IsSupported && !Fma.IsSupported, "SSE multiply and add", ChainsOf16Registers * 4 * 2, Sse128),
    ];

    /// <summary>The loops with integers of 8 bits and sums of 32.</summary>
    public static IReadOnlyList<MultiplyAddLoop> Int8 { get; } =
    [
        .. Of(AvxVnni.IsSupported, "AVX-VNNI dot product", ChainsOf16Registers * 32 * 2, Vnni),
        .. Of(Avx2.IsSupported, "AVX2 multiply-add of pairs", ChainsOf16Registers * 32 * 2, Avx2Pairs),
        .. Of(Dp.IsSupported, "NEON dot product", ChainsOf32Registers * 16 * 2, Dot),
        .. Of(AdvSimd.IsSupported, "NEON widening multiply-add", ChainsOf32Registers * 16 * 2, Widening),
        .. Of(Ssse3.IsSupported && !Avx2.IsSupported, "SSE multiply-add of pairs", ChainsOf16Registers * 16 * 2, SsePairs),
    ];

    private static IEnumerable<MultiplyAddLoop> Of(bool isSupported, string name, long operations, Action<int> run) =>
        isSupported ? [new MultiplyAddLoop(name, operations, run)] : [];

    // Where anybody could see the sums, they have to be computed.
    private static void Keep(Vector512<float> sum) => Volatile.Write(ref _floats, Vector512.Sum(sum));

    private static void Keep(Vector256<float> sum) => Volatile.Write(ref _floats, Vector256.Sum(sum));

    private static void Keep(Vector128<float> sum) => Volatile.Write(ref _floats, Vector128.Sum(sum));

    private static void Keep(Vector256<int> sum) => Volatile.Write(ref _integers, Vector256.Sum(sum));

    private static void Keep(Vector128<int> sum) => Volatile.Write(ref _integers, Vector128.Sum(sum));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Avx512(int iterations)
    {
        var start = Vector512.Create(Start);
        var factor = Vector512.Create(Factor);
        Vector512<float> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start, a12 = start, a13 = start, a14 = start, a15 = start, a16 = start, a17 = start,
            a18 = start, a19 = start, a20 = start, a21 = start, a22 = start, a23 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Avx512F.FusedMultiplyAdd(factor, factor, a0);
            a1 = Avx512F.FusedMultiplyAdd(factor, factor, a1);
            a2 = Avx512F.FusedMultiplyAdd(factor, factor, a2);
            a3 = Avx512F.FusedMultiplyAdd(factor, factor, a3);
            a4 = Avx512F.FusedMultiplyAdd(factor, factor, a4);
            a5 = Avx512F.FusedMultiplyAdd(factor, factor, a5);
            a6 = Avx512F.FusedMultiplyAdd(factor, factor, a6);
            a7 = Avx512F.FusedMultiplyAdd(factor, factor, a7);
            a8 = Avx512F.FusedMultiplyAdd(factor, factor, a8);
            a9 = Avx512F.FusedMultiplyAdd(factor, factor, a9);
            a10 = Avx512F.FusedMultiplyAdd(factor, factor, a10);
            a11 = Avx512F.FusedMultiplyAdd(factor, factor, a11);
            a12 = Avx512F.FusedMultiplyAdd(factor, factor, a12);
            a13 = Avx512F.FusedMultiplyAdd(factor, factor, a13);
            a14 = Avx512F.FusedMultiplyAdd(factor, factor, a14);
            a15 = Avx512F.FusedMultiplyAdd(factor, factor, a15);
            a16 = Avx512F.FusedMultiplyAdd(factor, factor, a16);
            a17 = Avx512F.FusedMultiplyAdd(factor, factor, a17);
            a18 = Avx512F.FusedMultiplyAdd(factor, factor, a18);
            a19 = Avx512F.FusedMultiplyAdd(factor, factor, a19);
            a20 = Avx512F.FusedMultiplyAdd(factor, factor, a20);
            a21 = Avx512F.FusedMultiplyAdd(factor, factor, a21);
            a22 = Avx512F.FusedMultiplyAdd(factor, factor, a22);
            a23 = Avx512F.FusedMultiplyAdd(factor, factor, a23);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 + a18 + a19 + a20 + a21 +
            a22 + a23);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Avx(int iterations)
    {
        var start = Vector256.Create(Start);
        var factor = Vector256.Create(Factor);
        Vector256<float> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Fma.MultiplyAdd(factor, factor, a0);
            a1 = Fma.MultiplyAdd(factor, factor, a1);
            a2 = Fma.MultiplyAdd(factor, factor, a2);
            a3 = Fma.MultiplyAdd(factor, factor, a3);
            a4 = Fma.MultiplyAdd(factor, factor, a4);
            a5 = Fma.MultiplyAdd(factor, factor, a5);
            a6 = Fma.MultiplyAdd(factor, factor, a6);
            a7 = Fma.MultiplyAdd(factor, factor, a7);
            a8 = Fma.MultiplyAdd(factor, factor, a8);
            a9 = Fma.MultiplyAdd(factor, factor, a9);
            a10 = Fma.MultiplyAdd(factor, factor, a10);
            a11 = Fma.MultiplyAdd(factor, factor, a11);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Sse128(int iterations)
    {
        var start = Vector128.Create(Start);
        var factor = Vector128.Create(Factor);
        Vector128<float> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Sse.Add(Sse.Multiply(a0, factor), start);
            a1 = Sse.Add(Sse.Multiply(a1, factor), start);
            a2 = Sse.Add(Sse.Multiply(a2, factor), start);
            a3 = Sse.Add(Sse.Multiply(a3, factor), start);
            a4 = Sse.Add(Sse.Multiply(a4, factor), start);
            a5 = Sse.Add(Sse.Multiply(a5, factor), start);
            a6 = Sse.Add(Sse.Multiply(a6, factor), start);
            a7 = Sse.Add(Sse.Multiply(a7, factor), start);
            a8 = Sse.Add(Sse.Multiply(a8, factor), start);
            a9 = Sse.Add(Sse.Multiply(a9, factor), start);
            a10 = Sse.Add(Sse.Multiply(a10, factor), start);
            a11 = Sse.Add(Sse.Multiply(a11, factor), start);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Neon(int iterations)
    {
        var start = Vector128.Create(Start);
        var factor = Vector128.Create(Factor);
        Vector128<float> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start, a12 = start, a13 = start, a14 = start, a15 = start, a16 = start, a17 = start,
            a18 = start, a19 = start, a20 = start, a21 = start, a22 = start, a23 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = AdvSimd.FusedMultiplyAdd(a0, factor, factor);
            a1 = AdvSimd.FusedMultiplyAdd(a1, factor, factor);
            a2 = AdvSimd.FusedMultiplyAdd(a2, factor, factor);
            a3 = AdvSimd.FusedMultiplyAdd(a3, factor, factor);
            a4 = AdvSimd.FusedMultiplyAdd(a4, factor, factor);
            a5 = AdvSimd.FusedMultiplyAdd(a5, factor, factor);
            a6 = AdvSimd.FusedMultiplyAdd(a6, factor, factor);
            a7 = AdvSimd.FusedMultiplyAdd(a7, factor, factor);
            a8 = AdvSimd.FusedMultiplyAdd(a8, factor, factor);
            a9 = AdvSimd.FusedMultiplyAdd(a9, factor, factor);
            a10 = AdvSimd.FusedMultiplyAdd(a10, factor, factor);
            a11 = AdvSimd.FusedMultiplyAdd(a11, factor, factor);
            a12 = AdvSimd.FusedMultiplyAdd(a12, factor, factor);
            a13 = AdvSimd.FusedMultiplyAdd(a13, factor, factor);
            a14 = AdvSimd.FusedMultiplyAdd(a14, factor, factor);
            a15 = AdvSimd.FusedMultiplyAdd(a15, factor, factor);
            a16 = AdvSimd.FusedMultiplyAdd(a16, factor, factor);
            a17 = AdvSimd.FusedMultiplyAdd(a17, factor, factor);
            a18 = AdvSimd.FusedMultiplyAdd(a18, factor, factor);
            a19 = AdvSimd.FusedMultiplyAdd(a19, factor, factor);
            a20 = AdvSimd.FusedMultiplyAdd(a20, factor, factor);
            a21 = AdvSimd.FusedMultiplyAdd(a21, factor, factor);
            a22 = AdvSimd.FusedMultiplyAdd(a22, factor, factor);
            a23 = AdvSimd.FusedMultiplyAdd(a23, factor, factor);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 + a18 + a19 + a20 + a21 +
            a22 + a23);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Vnni(int iterations)
    {
        var start = Vector256.Create(1);
        var left = Vector256.Create((byte)3);
        var right = Vector256.Create((sbyte)5);
        Vector256<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = AvxVnni.MultiplyWideningAndAdd(a0, left, right);
            a1 = AvxVnni.MultiplyWideningAndAdd(a1, left, right);
            a2 = AvxVnni.MultiplyWideningAndAdd(a2, left, right);
            a3 = AvxVnni.MultiplyWideningAndAdd(a3, left, right);
            a4 = AvxVnni.MultiplyWideningAndAdd(a4, left, right);
            a5 = AvxVnni.MultiplyWideningAndAdd(a5, left, right);
            a6 = AvxVnni.MultiplyWideningAndAdd(a6, left, right);
            a7 = AvxVnni.MultiplyWideningAndAdd(a7, left, right);
            a8 = AvxVnni.MultiplyWideningAndAdd(a8, left, right);
            a9 = AvxVnni.MultiplyWideningAndAdd(a9, left, right);
            a10 = AvxVnni.MultiplyWideningAndAdd(a10, left, right);
            a11 = AvxVnni.MultiplyWideningAndAdd(a11, left, right);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    // Each product depends on its own sum, or the compiler would move it out of the loop.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Avx2Pairs(int iterations)
    {
        var start = Vector256.Create(1);
        var right = Vector256.Create((sbyte)5);
        var ones = Vector256.Create((short)1);
        Vector256<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Avx2.Add(a0, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a0.AsByte(), right), ones));
            a1 = Avx2.Add(a1, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a1.AsByte(), right), ones));
            a2 = Avx2.Add(a2, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a2.AsByte(), right), ones));
            a3 = Avx2.Add(a3, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a3.AsByte(), right), ones));
            a4 = Avx2.Add(a4, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a4.AsByte(), right), ones));
            a5 = Avx2.Add(a5, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a5.AsByte(), right), ones));
            a6 = Avx2.Add(a6, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a6.AsByte(), right), ones));
            a7 = Avx2.Add(a7, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a7.AsByte(), right), ones));
            a8 = Avx2.Add(a8, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a8.AsByte(), right), ones));
            a9 = Avx2.Add(a9, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a9.AsByte(), right), ones));
            a10 = Avx2.Add(a10, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a10.AsByte(), right), ones));
            a11 = Avx2.Add(a11, Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a11.AsByte(), right), ones));
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SsePairs(int iterations)
    {
        var start = Vector128.Create(1);
        var right = Vector128.Create((sbyte)5);
        var ones = Vector128.Create((short)1);
        Vector128<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Sse2.Add(a0, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a0.AsByte(), right), ones));
            a1 = Sse2.Add(a1, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a1.AsByte(), right), ones));
            a2 = Sse2.Add(a2, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a2.AsByte(), right), ones));
            a3 = Sse2.Add(a3, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a3.AsByte(), right), ones));
            a4 = Sse2.Add(a4, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a4.AsByte(), right), ones));
            a5 = Sse2.Add(a5, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a5.AsByte(), right), ones));
            a6 = Sse2.Add(a6, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a6.AsByte(), right), ones));
            a7 = Sse2.Add(a7, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a7.AsByte(), right), ones));
            a8 = Sse2.Add(a8, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a8.AsByte(), right), ones));
            a9 = Sse2.Add(a9, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a9.AsByte(), right), ones));
            a10 = Sse2.Add(a10, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a10.AsByte(), right), ones));
            a11 = Sse2.Add(a11, Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(a11.AsByte(), right), ones));
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Dot(int iterations)
    {
        var start = Vector128.Create(1);
        var left = Vector128.Create((sbyte)3);
        var right = Vector128.Create((sbyte)5);
        Vector128<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start, a12 = start, a13 = start, a14 = start, a15 = start, a16 = start, a17 = start,
            a18 = start, a19 = start, a20 = start, a21 = start, a22 = start, a23 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Dp.DotProduct(a0, left, right);
            a1 = Dp.DotProduct(a1, left, right);
            a2 = Dp.DotProduct(a2, left, right);
            a3 = Dp.DotProduct(a3, left, right);
            a4 = Dp.DotProduct(a4, left, right);
            a5 = Dp.DotProduct(a5, left, right);
            a6 = Dp.DotProduct(a6, left, right);
            a7 = Dp.DotProduct(a7, left, right);
            a8 = Dp.DotProduct(a8, left, right);
            a9 = Dp.DotProduct(a9, left, right);
            a10 = Dp.DotProduct(a10, left, right);
            a11 = Dp.DotProduct(a11, left, right);
            a12 = Dp.DotProduct(a12, left, right);
            a13 = Dp.DotProduct(a13, left, right);
            a14 = Dp.DotProduct(a14, left, right);
            a15 = Dp.DotProduct(a15, left, right);
            a16 = Dp.DotProduct(a16, left, right);
            a17 = Dp.DotProduct(a17, left, right);
            a18 = Dp.DotProduct(a18, left, right);
            a19 = Dp.DotProduct(a19, left, right);
            a20 = Dp.DotProduct(a20, left, right);
            a21 = Dp.DotProduct(a21, left, right);
            a22 = Dp.DotProduct(a22, left, right);
            a23 = Dp.DotProduct(a23, left, right);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 + a18 + a19 + a20 + a21 +
            a22 + a23);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widening(int iterations)
    {
        var start = Vector128.Create(1);
        var right = Vector128.Create((sbyte)5);
        Vector128<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start, a8 = start,
            a9 = start, a10 = start, a11 = start, a12 = start, a13 = start, a14 = start, a15 = start, a16 = start, a17 = start,
            a18 = start, a19 = start, a20 = start, a21 = start, a22 = start, a23 = start;
        for (var i = 0; i < iterations; i++)
        {
            a0 = AddProducts(a0, right);
            a1 = AddProducts(a1, right);
            a2 = AddProducts(a2, right);
            a3 = AddProducts(a3, right);
            a4 = AddProducts(a4, right);
            a5 = AddProducts(a5, right);
            a6 = AddProducts(a6, right);
            a7 = AddProducts(a7, right);
            a8 = AddProducts(a8, right);
            a9 = AddProducts(a9, right);
            a10 = AddProducts(a10, right);
            a11 = AddProducts(a11, right);
            a12 = AddProducts(a12, right);
            a13 = AddProducts(a13, right);
            a14 = AddProducts(a14, right);
            a15 = AddProducts(a15, right);
            a16 = AddProducts(a16, right);
            a17 = AddProducts(a17, right);
            a18 = AddProducts(a18, right);
            a19 = AddProducts(a19, right);
            a20 = AddProducts(a20, right);
            a21 = AddProducts(a21, right);
            a22 = AddProducts(a22, right);
            a23 = AddProducts(a23, right);
        }

        Keep(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 + a18 + a19 + a20 + a21 +
            a22 + a23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddProducts(Vector128<int> sum, Vector128<sbyte> right)
    {
        var left = sum.AsSByte();
        var products = AdvSimd.MultiplyWideningLower(left.GetLower(), right.GetLower());
        return AdvSimd.AddPairwiseWideningAndAdd(sum, AdvSimd.MultiplyWideningUpperAndAdd(products, left, right));
    }
}
