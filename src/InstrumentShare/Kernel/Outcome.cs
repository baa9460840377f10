using System.Diagnostics.CodeAnalysis;

namespace InstrumentShare.Kernel;

/// <summary>The result of a use case: a value, or every problem that stands against it (at least one).</summary>
public sealed class Outcome<T>
{
    private Outcome(T? value, IReadOnlyList<Problem> problems) => (Value, Problems) = (value, problems);

    public T? Value { get; }

    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsOk => Problems.Count == 0;

    public static implicit operator Outcome<T>(T value) => new(value, []);

    public static implicit operator Outcome<T>(Problem problem) => new(default, [problem]);

    public static implicit operator Outcome<T>(List<Problem> problems) => Refuse(problems);

    public static Outcome<T> Refuse(IReadOnlyList<Problem> problems) =>
        problems.Count > 0 ? new(default, problems) : throw new ArgumentException("A refusal names at least one problem.", nameof(problems));
}

/// <summary>Nothing to return but the fact that it was done.</summary>
public readonly record struct Done;
