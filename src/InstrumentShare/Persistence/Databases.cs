namespace InstrumentShare.Persistence;

/// <summary>Names of connection pools beside the ordinary one.</summary>
public static class Databases
{
    /// <summary>
    /// For short statements that many requests send with other ids only. PostgreSQL plans them once a connection and keeps the plan;
    /// left to choose, it thinks the plan for just these dates so much better that it makes a new one each time, which costs more than
    /// running it. Not for reports: their best plan hangs on what is asked for.
    /// </summary>
    public const string KeptPlans = "kept-plans";
}
