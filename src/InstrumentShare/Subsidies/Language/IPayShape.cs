using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>How an amount follows from its base. A new shape of rule is a new class here and one line in <see cref="PayShapes"/>.</summary>
public interface IPayShape
{
    IEnumerable<Figure> Figures { get; }

    /// <summary>The exact amount in fen, before any rounding, and the figure that decided.</summary>
    Pay On(in PayBase on);

    /// <summary>The same arithmetic, as a person would write it.</summary>
    ExplanationStep Explain(in PayBase on, SubsidyPolicy policy);
}

/// <param name="Figure">Null when no figure of the shape applies: nothing is paid.</param>
public readonly record struct Pay(decimal ExactFen, Figure? Figure);

/// <summary>What an amount may depend on.</summary>
public readonly ref struct PayBase
{
    /// <summary>The service's amount in fen; 0 where an instrument is paid.</summary>
    public required long IncomeFen { get; init; }

    /// <summary>The instrument's original value in fen.</summary>
    public required long ValueFen { get; init; }
    public required UserKind UserKind { get; init; }

    /// <summary>The tags of user and service that raise a rate.</summary>
    public required Tag Tags { get; init; }

    /// <summary>The rounded amounts of the same service by the items before this one, in order.</summary>
    public ReadOnlySpan<long> Earlier { get; init; }
}
