namespace InstrumentShare.Persistence;

/// <summary>The program cannot start for a reason that the person who starts it can mend. Shown as one line, without a stack.</summary>
public sealed class StartRefusedException : Exception
{
    public StartRefusedException(string message) : base(message)
    {
    }

    public StartRefusedException(string message, Exception inner) : base(message, inner)
    {
    }
}
