using Akka.Actor;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Conversion;

/// <summary>
/// Has models converted by a few workers. What several tasks want is made once; what nobody wants any more, or takes too long, is ended.
/// </summary>
internal sealed class ModelConverter : UntypedActor
{
    private readonly ConversionSettings _settings;
    private readonly Queue<IActorRef> _idle = new();
    private readonly List<Job> _jobs = [];
    private long _jobCount;

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public ModelConverter(ConversionSettings settings) => _settings = settings;

    /// <summary>Makes the converter.</summary>
    public static Props Props(ConversionSettings settings) => Akka.Actor.Props.Create(() => new ModelConverter(settings));

    /// <inheritdoc />
    protected override void PreStart()
    {
        for (var worker = 1; worker <= _settings.Workers; worker++)
        {
            _idle.Enqueue(Context.ActorOf(ConversionWorker.Props(_settings.Conversion), $"worker-{worker}"));
        }
    }

    /// <inheritdoc />
    protected override void PostStop() => _jobs.ForEach(job => job.Cancellation.Cancel());

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConvertModel convert:
                Take(convert);
                break;
            case ForgetConversions:
                _jobs.ForEach(job => job.Waiting.RemoveAll(waiting => waiting.Asker.Equals(Sender)));
                EndUnwanted();
                break;
            case ConversionWorker.Done done:
                _idle.Enqueue(Sender);
                Finish(done);
                break;
            default:
                Unhandled(message);
                return;
        }

        GiveOut();
    }

    private void Take(ConvertModel convert)
    {
        var key = ConversionKey.Of(convert.Source, convert.Format, _settings.ConverterVersion, convert.Precision);
        var job = _jobs.Find(job => job.Key == key && !job.Cancellation.IsCancellationRequested);
        if (job is null)
        {
            job = new Job(++_jobCount, key, convert);
            _jobs.Add(job);
        }

        job.Waiting.Add((Sender, convert.Model));
    }

    private void EndUnwanted()
    {
        foreach (var job in _jobs.Where(job => job.Waiting.Count == 0).ToList())
        {
            job.Cancellation.Cancel();
            if (!job.IsRunning)
            {
                _jobs.Remove(job);
                job.Cancellation.Dispose();
            }
        }
    }

    private void Finish(ConversionWorker.Done done)
    {
        var job = _jobs.Find(job => job.Number == done.Number)!;
        _jobs.Remove(job);
        job.Limit?.Dispose();
        job.Cancellation.Dispose();
        var outcome = done.Outcome ?? ConversionOutcome.Broken(
            $"{job.Convert.Source.FileName} could not be converted within {_settings.Limit.TotalMinutes:0.#} minutes");
        foreach (var (asker, model) in job.Waiting)
        {
            asker.Tell(new ModelAnswer(model, job.Convert.Format, outcome, job.Convert.Precision));
        }
    }

    private void GiveOut()
    {
        while (_idle.Count > 0 && _jobs.Find(job => !job.IsRunning) is { } job)
        {
            job.IsRunning = true;
            job.Limit = _settings.Time.CreateTimer(
                static cancellation => ((CancellationTokenSource)cancellation!).Cancel(),
                job.Cancellation,
                _settings.Limit,
                Timeout.InfiniteTimeSpan);
            _idle.Dequeue().Tell(new ConversionWorker.Work(
                job.Number, job.Convert.Source, job.Convert.Format, job.Convert.Precision, job.Cancellation.Token));
        }
    }

    /// <summary>A conversion that is wanted.</summary>
    private sealed class Job(long number, Sha256 key, ConvertModel convert)
    {
        public long Number { get; } = number;

        public Sha256 Key { get; } = key;

        public ConvertModel Convert { get; } = convert;

        public List<(IActorRef Asker, int Model)> Waiting { get; } = [];

        public CancellationTokenSource Cancellation { get; } = new();

        public ITimer? Limit { get; set; }

        public bool IsRunning { get; set; }
    }
}
