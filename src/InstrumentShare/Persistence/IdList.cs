using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>
/// A list of ids as a statement's parameter. Of an array PostgreSQL does not know the length, and so plans the statement anew each
/// time; a single id is therefore asked for by equality.
/// </summary>
public static class IdList
{
    /// <param name="sql">Names the list as <c>= ANY($1)</c>, of whatever number.</param>
    public static string In(string sql, int number, IReadOnlyCollection<Guid> ids) => ids.Count == 1 ? sql.Replace($"= ANY(${number})", $"= ${number}", StringComparison.Ordinal) : sql;

    public static NpgsqlParameter Parameter(IReadOnlyCollection<Guid> ids) =>
        ids.Count == 1 ? new NpgsqlParameter<Guid> { TypedValue = ids.First() } : new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] };
}
