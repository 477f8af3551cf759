using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>How much every element of a row counts in every element of the resized row: a matrix (to, from), as TensorFlow computes
/// it.</summary>
internal static class InterpolationWeights
{
    private sealed record Kernel(double Radius, Func<double, double> Weight);

    /// <summary>The weights of an interpolation by its name in Keras.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="from">Size of the row.</param>
    /// <param name="to">Size of the resized row.</param>
    /// <param name="antialias">Whether its kernel grows where the row shrinks.</param>
    /// <exception cref="LayerNotSupportedException">There is none of that name.</exception>
    public static double[] Of(string name, int from, int to, bool antialias) => name switch
    {
        "area" => Area(from, to),
        "bicubic" when !antialias => BicubicByTable(from, to),
        _ => ByKernel(KernelOf(name), from, to, antialias),
    };

    private static Kernel KernelOf(string name) => name switch
    {
        "bilinear" => new Kernel(1, x => 1 - x),
        "bicubic" => new Kernel(2, KeysCubic),
        "lanczos3" => new Kernel(3, x => Lanczos(x, 3)),
        "lanczos5" => new Kernel(5, x => Lanczos(x, 5)),
        "gaussian" => new Kernel(1.5, x => Math.Exp(-2 * x * x)),
        "mitchellcubic" => new Kernel(2, MitchellCubic),
        _ => throw new LayerNotSupportedException($"the interpolation '{name}' is not one of Keras"),
    };

    /// <summary>Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing".</summary>
    private static double KeysCubic(double x) => x >= 1
        ? (((((-0.5 * x) + 2.5) * x) - 4) * x) + 2
        : ((((1.5 * x) - 2.5) * x) * x) + 1;

    private static double Lanczos(double x, double radius) =>
        x <= 1e-3 ? 1 : radius * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / radius) / (Math.PI * Math.PI * x * x);

    /// <summary>Mitchell and Netravali 1988, "Reconstruction Filters in Computer Graphics".</summary>
    private static double MitchellCubic(double x) => x >= 1
        ? (((((-7.0 / 18 * x) + 2) * x) - (10.0 / 3)) * x) + (16.0 / 9)
        : ((((7.0 / 6 * x) - 2) * x) * x) + (8.0 / 9);

    /// <summary>The operation <c>ScaleAndTranslate</c>: the kernel around the middle of the element, cut off at the edges, its weights
    /// adding up to 1.</summary>
    private static double[] ByKernel(Kernel kernel, int from, int to, bool antialias)
    {
        var weights = new double[to * from];
        var step = from / (double)to;
        var width = antialias ? Math.Max(step, 1) : 1;
        for (var i = 0; i < to; i++)
        {
            var middle = (i + 0.5) * step;
            var row = weights.AsSpan(i * from, from);
            for (var j = 0; j < from; j++)
            {
                var distance = Math.Abs(j + 0.5 - middle) / width;
                row[j] = distance < kernel.Radius ? kernel.Weight(distance) : 0;
            }

            Normalize(row);
        }

        return weights;
    }

    /// <summary>The operation <c>ResizeBicubic</c>: Keys' kernel out of a table that divides the distance between two elements into
    /// 1024.</summary>
    private static double[] BicubicByTable(int from, int to)
    {
        const int Steps = 1024;
        const int Reach = 2;
        var weights = new double[to * from];
        var step = from / (float)to;
        for (var i = 0; i < to; i++)
        {
            var place = ((i + 0.5f) * step) - 0.5f;
            var first = (int)MathF.Floor(place);
            var offset = (int)MathF.Round((place - first) * Steps, MidpointRounding.ToEven) / (double)Steps;
            var row = weights.AsSpan(i * from, from);
            for (var j = Math.Max(first - Reach + 1, 0); j <= Math.Min(first + Reach, from - 1); j++)
            {
                row[j] = KeysCubic(Math.Abs(j - first - offset));
            }

            Normalize(row);
        }

        return weights;
    }

    /// <summary>The operation <c>ResizeArea</c>: the mean over what an element covers.</summary>
    private static double[] Area(int from, int to)
    {
        var weights = new double[to * from];
        var step = from / (float)to;
        for (var i = 0; i < to; i++)
        {
            var (begin, end) = (i * step, (i + 1) * step);
            for (var j = (int)MathF.Floor(begin); j < (int)MathF.Ceiling(end); j++)
            {
                weights[(i * from) + Math.Min(j, from - 1)] += (Math.Min(j + 1, end) - Math.Max(j, begin)) / step;
            }
        }

        return weights;
    }

    private static void Normalize(Span<double> row)
    {
        double sum = 0;
        foreach (var weight in row)
        {
            sum += weight;
        }

        for (var j = 0; j < row.Length; j++)
        {
            row[j] = sum == 0 ? row[j] : row[j] / sum;
        }
    }
}
