using System.Globalization;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Functions between layers, against what they mean: each in both files, and both runtimes.</summary>
public sealed class FunctionTests
{
    private static readonly float[] Numbers = [-2.5f, -1, -0.5f, 0, 0.25f, 0.5f, 1, 1.5f, 2.5f, 3, 7, -7.25f];

    [Theory]
    [InlineData("math.abs")]
    [InlineData("math.negative")]
    [InlineData("math.square")]
    [InlineData("math.exp")]
    [InlineData("math.sin")]
    [InlineData("math.cos")]
    [InlineData("math.tan")]
    [InlineData("math.sinh")]
    [InlineData("math.cosh")]
    [InlineData("math.floor")]
    [InlineData("math.ceil")]
    [InlineData("math.round")]
    [InlineData("math.sign")]
    [InlineData("math.erf")]
    [InlineData("math.expm1")]
    [InlineData("math.sigmoid")]
    [InlineData("nn.relu6")]
    [InlineData("nn.silu")]
    [InlineData("nn.leaky_relu")]
    public void A_function_of_one_element_is_what_its_name_says(string function)
    {
        Func<double, double> expected = function switch
        {
            "math.abs" => Math.Abs,
            "math.negative" => x => -x,
            "math.square" => x => x * x,
            "math.exp" => Math.Exp,
            "math.sin" => Math.Sin,
            "math.cos" => Math.Cos,
            "math.tan" => Math.Tan,
            "math.sinh" => Math.Sinh,
            "math.cosh" => Math.Cosh,
            "math.floor" => Math.Floor,
            "math.ceil" => Math.Ceiling,
            "math.round" => x => Math.Round(x, MidpointRounding.ToEven),
            "math.sign" => x => Math.Sign(x),
            "math.erf" => ErrorFunction,
            "math.expm1" => x => Math.Exp(x) - 1,
            "math.sigmoid" => x => 1 / (1 + Math.Exp(-x)),
            "nn.relu6" => x => Math.Clamp(x, 0, 6),
            "nn.silu" => x => x / (1 + Math.Exp(-x)),
            _ => x => x < 0 ? 0.2 * x : x,
        };

        Check(Call(function), [.. Numbers.Select(x => (float)expected(x))]);
    }

    [Theory]
    [InlineData("math.add")]
    [InlineData("math.maximum")]
    [InlineData("math.minimum")]
    [InlineData("math.mod")]
    [InlineData("math.floordiv")]
    [InlineData("math.squared_difference")]
    [InlineData("math.divide")]
    public void Arithmetic_with_a_number_is_what_its_name_says(string function)
    {
        const double Y = -1.5;
        Func<double, double> expected = function switch
        {
            "math.add" => x => x + Y,
            "math.maximum" => x => Math.Max(x, Y),
            "math.minimum" => x => Math.Min(x, Y),
            "math.mod" => x => x - (Y * Math.Floor(x / Y)),
            "math.floordiv" => x => Math.Floor(x / Y),
            "math.squared_difference" => x => (x - Y) * (x - Y),
            _ => x => x / Y,
        };

        Check(Call(function, "\"y\": -1.5"), [.. Numbers.Select(x => (float)expected(x))]);
    }

    [Theory]
    [InlineData("math.reduce_sum")]
    [InlineData("math.reduce_min")]
    [InlineData("math.reduce_prod")]
    [InlineData("math.reduce_variance")]
    [InlineData("math.reduce_logsumexp")]
    [InlineData("math.reduce_euclidean_norm")]
    public void A_reduction_is_what_its_name_says(string function)
    {
        Func<float[], double> expected = function switch
        {
            "math.reduce_sum" => row => row.Sum(),
            "math.reduce_min" => row => row.Min(),
            "math.reduce_prod" => row => row.Aggregate(1.0, (product, x) => product * x),
            "math.reduce_variance" => row => row.Average(x => Math.Pow(x - row.Average(), 2)),
            "math.reduce_logsumexp" => row => Math.Log(row.Sum(x => Math.Exp(x))),
            _ => row => Math.Sqrt(row.Sum(x => x * x)),
        };

        Check(Call(function, "\"axis\": -1"), [.. Numbers.Chunk(4).Select(row => (float)expected(row))]);
    }

    [Theory]
    [InlineData("cumsum", "\"axis\": 2", "0,1,3,6,4,9,15,22,8,17,27,38")]
    [InlineData("roll", "\"shift\": [1], \"axis\": [2]", "3,0,1,2,7,4,5,6,11,8,9,10")]
    [InlineData("reverse", "\"axis\": [1, 2]", "11,10,9,8,7,6,5,4,3,2,1,0")]
    [InlineData("tile", "\"multiples\": [1, 1, 2]", "0,1,2,3,0,1,2,3,4,5,6,7,4,5,6,7,8,9,10,11,8,9,10,11")]
    [InlineData("repeat", "\"repeats\": 2, \"axis\": 1", "0,1,2,3,0,1,2,3,4,5,6,7,4,5,6,7,8,9,10,11,8,9,10,11")]
    [InlineData("gather", "\"indices\": [2, 0], \"axis\": 1", "8,9,10,11,0,1,2,3")]
    [InlineData("compat.v1.transpose", "\"perm\": [0, 2, 1]", "0,4,8,1,5,9,2,6,10,3,7,11")]
    [InlineData("compat.v1.pad", "\"paddings\": [[0, 0], [1, 0], [0, 0]], \"mode\": \"REFLECT\"", "4,5,6,7,0,1,2,3,4,5,6,7,8,9,10,11")]
    [InlineData("compat.v1.pad", "\"paddings\": [[0, 0], [0, 0], [1, 0]], \"mode\": \"SYMMETRIC\"", "0,0,1,2,3,4,4,5,6,7,8,8,9,10,11")]
    [InlineData("slice", "\"begin\": [0, 1, 2], \"size\": [-1, 2, -1]", "6,7,10,11")]
    [InlineData("reshape", "\"shape\": [-1, 2, 6]", "0,1,2,3,4,5,6,7,8,9,10,11")]
    [InlineData("math.argmax", "\"axis\": 1", "2,2,2,2")]
    [InlineData("math.argmin", "\"axis\": -1, \"output_type\": \"int32\"", "0,0,0")]
    [InlineData("linalg.matmul", "\"b\": [[1.0], [0.0], [0.0], [-1.0]]", "-3,-3,-3")]
    [InlineData("math.greater", "\"y\": 6", "0,0,0,0,0,0,0,1,1,1,1,1")]
    [InlineData("cast", "\"dtype\": \"bool\"", "0,1,1,1,1,1,1,1,1,1,1,1")]
    [InlineData("math.cumsum", "\"axis\": 1, \"reverse\": true", "12,15,18,21,12,14,16,18,8,9,10,11")]
    [InlineData("linalg.matvec", "\"b\": [1.0, 0.0, 0.0, -1.0]", "-3,-3,-3")]
    [InlineData("norm", "\"ord\": 1, \"axis\": -1", "6,22,38")]
    [InlineData("linalg.band_part", "", null)]
    public void A_function_that_moves_or_joins_elements_gives_those_of_numpy(string function, string arguments, string? expected)
    {
        if (expected is null)
        {
            var exception = Assert.Throws<ModelNotAcceptedException>(() => Read(Call(function, arguments)));
            Assert.Contains("linalg.band_part", exception.Message, StringComparison.Ordinal);
            return;
        }

        Check(Call(function, arguments), Floats(expected), [.. Enumerable.Range(0, 12).Select(i => (float)i)]);
    }

    [Theory]
    [InlineData("math.is_nan", "", "0,0,0,0,1,0,0,0,0,0,0,0")]
    [InlineData("math.is_inf", "", "1,0,0,0,0,0,0,0,0,0,0,1")]
    [InlineData("math.is_finite", "", "0,1,1,1,0,1,1,1,1,1,1,0")]
    [InlineData("math.multiply_no_nan", "\"y\": 0.0", "0,0,0,0,0,0,0,0,0,0,0,0")]
    public void What_is_no_number_is_told_from_what_is_one(string function, string arguments, string expected)
    {
        float[] numbers = [float.NegativeInfinity, -1, -0.5f, 0, float.NaN, 0.5f, 1, 1.5f, 2.5f, 3, 7, float.PositiveInfinity];

        Check(Call(function, arguments), Floats(expected), numbers);
    }

    [Theory]
    [InlineData("fix", "0,-1,0,0,0,0,1,1,2,3,7,-7")]
    [InlineData("nn.crelu", null)]
    [InlineData("math.erfc", null)]
    [InlineData("math.logaddexp", null)]
    [InlineData("clip_by_norm", null)]
    public void A_function_made_of_several_is_what_its_name_says(string function, string? whole)
    {
        var (arguments, expected) = function switch
        {
            "fix" => ("", Floats(whole!.Replace("0,-1", "-2,-1", StringComparison.Ordinal))),
            "nn.crelu" => ("", Numbers.Chunk(4).SelectMany(row => row.Concat(row.Select(x => -x))).Select(x => Math.Max(x, 0)).ToArray()),
            "math.erfc" => ("", [.. Numbers.Select(x => (float)(1 - ErrorFunction(x)))]),
            "math.logaddexp" => ("\"y\": 0.5", [.. Numbers.Select(x => (float)Math.Log(Math.Exp(x) + Math.Exp(0.5)))]),
            _ => ("\"clip_norm\": 2.5, \"axes\": [2]", Numbers.Chunk(4).SelectMany(row =>
                row.Select(x => (float)(x * 2.5 / Math.Max(Math.Sqrt(row.Sum(y => y * y)), 2.5)))).ToArray()),
        };

        Check(Call(function, arguments), expected);
    }

    [Theory]
    [InlineData("image.extract_patches", "\"sizes\": [1, 2, 2, 1], \"strides\": [1, 2, 2, 1], \"rates\": [1, 1, 1, 1], \"padding\": \"VALID\"", "0,1,2,3,8,9,10,11,4,5,6,7,12,13,14,15,16,17,18,19,24,25,26,27,20,21,22,23,28,29,30,31")]
    [InlineData("image.extract_patches", "\"sizes\": [1, 1, 3, 1], \"strides\": [1, 2, 1, 1], \"rates\": [1, 1, 1, 1], \"padding\": \"SAME\"", "0,0,0,1,2,3,0,1,2,3,4,5,2,3,4,5,6,7,4,5,6,7,0,0,0,0,16,17,18,19,16,17,18,19,20,21,18,19,20,21,22,23,20,21,22,23,0,0")]
    [InlineData("image.central_crop", "\"central_fraction\": 0.5", "10,11,12,13,18,19,20,21")]
    [InlineData("image.crop_to_bounding_box", "\"offset_height\": 1, \"offset_width\": 2, \"target_height\": 2, \"target_width\": 1", "12,13,20,21")]
    [InlineData("image.pad_to_bounding_box", "\"offset_height\": 0, \"offset_width\": 1, \"target_height\": 4, \"target_width\": 5", "0,0,0,1,2,3,4,5,6,7,0,0,8,9,10,11,12,13,14,15,0,0,16,17,18,19,20,21,22,23,0,0,24,25,26,27,28,29,30,31")]
    [InlineData("nn.conv2d", "\"filters\": [[[[1.0], [0.0]], [[-1.0], [0.0]]]], \"strides\": [2, 1], \"padding\": \"VALID\"", "-2,-2,-2,-2,-2,-2")]
    [InlineData("nn.depthwise_conv2d", "\"filter\": [[[[2.0], [-1.0]]]], \"strides\": [1, 2, 2, 1], \"padding\": \"SAME\"", "0,-1,8,-5,32,-17,40,-21")]
    [InlineData("nn.max_pool2d", "\"ksize\": 2, \"strides\": 2, \"padding\": \"VALID\"", "10,11,14,15,26,27,30,31")]
    public void A_function_of_images_takes_the_places_that_its_arguments_say(string function, string arguments, string expected) =>
        Check(Call(function, arguments), Floats(expected), [.. Enumerable.Range(0, 32).Select(i => (float)i)], 0, 4, 4, 2);

    [Fact]
    public void Images_become_grey_by_the_brightness_of_their_colours() => Check(
        Call("image.rgb_to_grayscale"), [.. Enumerable.Range(0, 4).Select(i => (3 * i) + 0.587f + (2 * 0.114f) - (0.0001f * 3 * i))],
        [.. Enumerable.Range(0, 12).Select(i => (float)i)], 0, 2, 2, 3);

    [Fact]
    public void An_image_is_standardized_by_its_own_mean_and_deviation()
    {
        var mean = Numbers.Average(x => (double)x);
        var deviation = Math.Sqrt(Numbers.Average(x => (x - mean) * (x - mean)));

        Check(Call("image.per_image_standardization"), [.. Numbers.Select(x => (float)((x - mean) / deviation))], Numbers, 0, 2, 2, 3);
    }

    [Fact]
    public void Responses_are_normalized_by_those_of_neighbouring_channels()
    {
        float Expected(int i)
        {
            var row = Numbers[(i / 6 * 6)..((i / 6 * 6) + 6)];
            var sum = Enumerable.Range((i % 6) - 2, 5).Where(c => c is >= 0 and < 6).Sum(c => row[c] * row[c]);
            return (float)(Numbers[i] / Math.Pow(2 + (0.5 * sum), 0.75));
        }

        Check(
            Call("nn.local_response_normalization", "\"depth_radius\": 2, \"bias\": 2.0, \"alpha\": 0.5, \"beta\": 0.75"),
            [.. Enumerable.Range(0, 12).Select(Expected)], Numbers, 0, 1, 2, 6);
    }

    [Fact]
    public void A_batch_is_normalized_by_the_figures_that_stand_in_the_call() => Check(
        Call(
            "nn.batch_normalization",
            "\"mean\": [1.0, 0.0, -1.0, 2.0], \"variance\": [0.25, 1.0, 4.0, 9.0], \"offset\": null, \"scale\": [1.0, 2.0, 3.0, 4.0], "
                + "\"variance_epsilon\": 0.0"),
        [.. Numbers.Select((x, i) => (i % 4) switch { 0 => (x - 1) * 2, 1 => x * 2, 2 => (x + 1) * 1.5f, _ => (x - 2) * 4 / 3 })]);

    [Theory]
    [InlineData("[{S}, {I1}]", "4,5,6,7")]
    [InlineData("[{S}, {I-1}, {1:3}]", "9,10")]
    [InlineData("[{E}, {I0}]", "0,4,8")]
    [InlineData("[{S}, {S}, {::-1}]", "3,2,1,0,7,6,5,4,11,10,9,8")]
    [InlineData("[{S}, {::-2}, {-1:-4:-2}]", "11,9,3,1")]
    [InlineData("[{S}, {N}, {1:}, {:-2}]", "4,5,8,9")]
    [InlineData("[{S}, {S}, {5:1:-3}]", "3,7,11")]
    public void Places_between_brackets_are_those_of_python(string items, string expected)
    {
        var written = System.Text.RegularExpressions.Regex.Replace(items, @"\{([^}]*)\}", match => Item(match.Groups[1].Value));

        Check(Call("__operators__.getitem", $"\"slice_spec\": {written}"), Floats(expected), [.. Enumerable.Range(0, 12).Select(i => (float)i)]);
    }

    [Theory]
    [InlineData("bij,bij->bij", 1)]
    [InlineData("bij,bij->b", 1)]
    [InlineData("bij,bkj->bik", 1)]
    [InlineData("bij,bik->bjk", 1)]
    [InlineData("bij,bij->bj", 1)]
    [InlineData("bij,bkl->bijkl", 1)]
    [InlineData("bij->bji", 0)]
    [InlineData("bij->bj", 0)]
    [InlineData("...j,...j->...", 1)]
    public void Einsum_sums_products_over_the_axes_of_its_equation(string equation, int second)
    {
        float[] numbers = [.. Numbers.Select(x => x / 4)];
        var operand = second == 0 ? "" : ", {\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"x\", 0, 0]}}";
        var layer = "{\"module\": \"keras.src.ops.numpy\", \"class_name\": \"Einsum\", \"name\": \"f\", \"config\": {\"subscripts\": \""
            + equation + "\"}, \"inbound_nodes\": [{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": "
            + "{\"keras_history\": [\"x\", 0, 0]}}" + operand + "], \"kwargs\": {}}]}";

        Check(layer, Einsum(equation.Replace("...", "bi", StringComparison.Ordinal), numbers), numbers);
    }

    [Theory]
    [InlineData("sort", "\"axis\": 1, \"direction\": \"DESCENDING\"", "2.5,3,7,1.5,0.25,0.5,1,0,-2.5,-1,-0.5,-7.25")]
    [InlineData("sort", "", "-2.5,-1,-0.5,0,0.25,0.5,1,1.5,-7.25,2.5,3,7")]
    [InlineData("argsort", "\"axis\": -1, \"direction\": \"DESCENDING\"", "3,2,1,0,3,2,1,0,2,1,0,3")]
    [InlineData("argsort", "", "0,1,2,3,0,1,2,3,3,0,1,2")]
    public void Elements_are_sorted_along_an_axis(string function, string arguments, string expected) =>
        Check(Call(function, arguments), Floats(expected));

    [Fact]
    public void A_slice_without_elements_is_refused()
    {
        var exception = Assert.Throws<ModelNotAcceptedException>(() =>
            Read(Call("__operators__.getitem", $"\"slice_spec\": [{Item("")}, {Item("2:1")}]")));

        Assert.Contains("no elements", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>By going through all places of all axes.</summary>
    private static float[] Einsum(string equation, float[] values)
    {
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        var names = string.Concat(terms).Distinct().ToArray();
        var sizes = names.ToDictionary(name => name, name => terms.Where(term => term.Contains(name))
            .Select(term => new[] { 1, 3, 4 }[term.IndexOf(name, StringComparison.Ordinal)]).First());
        var sums = new double[sides[1].Aggregate(1, (product, name) => product * sizes[name])];
        var places = names.ToDictionary(name => name, _ => 0);
        for (var all = names.Aggregate(1, (product, name) => product * sizes[name]); all > 0; all--)
        {
            sums[Offset(sides[1])] += terms.Aggregate(1.0, (product, term) => product * values[Offset(term)]);
            foreach (var name in names)
            {
                places[name] = (places[name] + 1) % sizes[name];
                if (places[name] > 0)
                {
                    break;
                }
            }
        }

        return [.. sums.Select(sum => (float)sum)];

        int Offset(string term) => term.Aggregate(0, (offset, name) => (offset * sizes[name]) + places[name]);
    }

    private static string Item(string text) => text switch
    {
        "S" or "" => "{\"start\": null, \"stop\": null, \"step\": null}",
        "E" => "{\"class_name\": \"__ellipsis__\"}",
        "N" => "null",
        ['I', .. var place] => place,
        _ => text.Split(':') is [var start, var stop, .. var step]
            ? $"{{\"start\": {Bound(start)}, \"stop\": {Bound(stop)}, \"step\": {Bound(step.FirstOrDefault() ?? "")}}}"
            : throw new ArgumentException(text),
    };

    private static string Bound(string text) => text.Length == 0 ? "null" : text;

    [Theory]
    [InlineData(0, "0.0,-0.5, 1.5,1.0, 7.0,3.0")]
    [InlineData(1, "3,2, 3,2, 2,1")]
    public void The_greatest_elements_and_their_places_are_found_in_both_files(int output, string expected)
    {
        var call = Call("math.top_k", "\"k\": 2, \"sorted\": true");

        Check(call, Floats(expected), output: output);
    }

    [Fact]
    public void A_slice_may_end_where_a_shape_says()
    {
        const string Size = """
            {"class_name": "TFOpLambda", "name": "s", "config": {"name": "s", "function": "compat.v1.shape"},
             "inbound_nodes": [["x", 0, 0, {}]]},
            {"class_name": "SlicingOpLambda", "name": "n", "config": {"name": "n", "function": "__operators__.getitem"},
             "inbound_nodes": [["s", 0, 0, {"slice_spec": 1}]]},
            {"class_name": "TFOpLambda", "name": "r", "config": {"name": "r", "function": "math.subtract"},
             "inbound_nodes": [["n", 0, 0, {"y": 1, "name": null}]]},
            {"class_name": "SlicingOpLambda", "name": "f", "config": {"name": "f", "function": "__operators__.getitem"},
             "inbound_nodes": [["x", 0, 0, {"slice_spec":
              [{"start": null, "stop": null, "step": null}, {"start": 0, "stop": ["r", 0, 0], "step": null}]}]]}
            """;

        Check(Size, Numbers[..8]);
    }

    private static string Call(string function, string arguments = "") =>
        "{\"class_name\": \"TFOpLambda\", \"name\": \"f\", \"config\": {\"name\": \"f\", \"function\": \"" + function + "\"}, "
        + "\"inbound_nodes\": [[\"x\", 0, 0, {" + arguments + "}]]}";

    /// <summary>A model of one function of an input, of 1 x 3 x 4 numbers where nothing else is said.</summary>
    private static Model Read(string layer, int output = 0, params int[] shape)
    {
        var size = string.Join(", ", shape.Length == 0 ? [3, 4] : shape);
        using var scratch = new ScratchFolder();
        var path = scratch.File("function.json");
        File.WriteAllText(
            path,
            "{\"class_name\": \"Functional\", \"keras_version\": \"2.12.0\", \"backend\": \"tensorflow\", \"config\": {\"name\": \"m\", "
            + "\"layers\": [{\"class_name\": \"InputLayer\", \"name\": \"x\", \"config\": {\"batch_input_shape\": [null, " + size + "], "
            + "\"dtype\": \"float32\", \"name\": \"x\"}, \"inbound_nodes\": []}, " + layer + "], "
            + "\"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"f\", 0, " + output + "]]}}");
        return Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static void Check(string layer, float[] expected, float[]? numbers = null, int output = 0, params int[] shape)
    {
        int[] whole = [1, .. shape.Length == 0 ? [3, 4] : shape];
        foreach (var (runtime, outputs) in WrittenFiles.Run(Read(layer, output, shape), (whole, numbers ?? Numbers)))
        {
            Assert.True(
                WrittenFiles.Difference(expected, outputs[0]) <= 1e-6, $"{runtime}: {string.Join(", ", outputs[0])}");
        }
    }

    private static float[] Floats(string numbers) =>
        [.. numbers.Split(',').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>By its Taylor series, in double precision.</summary>
    private static double ErrorFunction(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 0; n < 400; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return Math.Abs(x) > 5 ? Math.Sign(x) : 2 / Math.Sqrt(Math.PI) * sum;
    }
}
