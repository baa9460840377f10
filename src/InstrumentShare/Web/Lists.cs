using System.Globalization;
using System.Text;
using InstrumentShare.Kernel;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Web;

/// <summary>One page of a list. <paramref name="Total"/> is exact up to 10,000 and null beyond.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? NextCursor, int? Total)
{
    public const int CountedUpTo = 10_000;

    /// <summary>Counts at most one row past the limit, so that no list is ever counted to its end.</summary>
    public static int? TotalOf(int counted) => counted > CountedUpTo ? null : counted;
}

public static class Counting
{
    /// <summary>How many rows a list has, counted no further than one past the limit. In the list's order, which has an index.</summary>
    public static Task<int> CountUpToAsync<T>(this IOrderedQueryable<T> list, CancellationToken cancel) => list.Take(PageOf<T>.CountedUpTo + 1).CountAsync(cancel);
}

/// <summary>
/// The query of a list: filters by name, <c>limit</c> (1–200, default 50) and <c>cursor</c>. An unknown filter is a problem,
/// never ignored.
/// </summary>
public sealed class ListQuery
{
    private readonly IQueryCollection query;

    private ListQuery(IQueryCollection query) => this.query = query;

    public List<Problem> Problems { get; } = [];

    public int Limit { get; private set; } = 50;

    /// <summary>The opaque cursor's content: the sort key of the last row seen.</summary>
    public string? Cursor { get; private set; }

    public static ListQuery Read(HttpRequest request, params string[] filters)
    {
        var list = new ListQuery(request.Query);
        foreach (var key in request.Query.Keys.Where(k => k is not ("limit" or "cursor") && !filters.Contains(k, StringComparer.Ordinal)))
            list.Problems.Add(Problem.Invalid("request.unknown-filter", key, ("filter", key), ("known", string.Join(", ", filters))));
        if (list["limit"] is { } limit)
        {
            if (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 200) list.Limit = n;
            else list.Problems.Add(Problem.Invalid("request.limit", "limit", ("value", limit)));
        }

        if (list["cursor"] is { } cursor)
        {
            list.Cursor = Decode(cursor);
            if (list.Cursor is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        }

        return list;
    }

    /// <summary>A filter's text; null when absent or empty.</summary>
    public string? this[string name] => query.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } text ? text : null;

    public static string Encode(string sortKey) => Convert.ToBase64String(Encoding.UTF8.GetBytes(sortKey)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>What a page's address holds as cursor; null when there is none or it cannot be read.</summary>
    public static string? Decoded(string? cursor) => string.IsNullOrEmpty(cursor) ? null : Decode(cursor);

    private static string? Decode(string cursor)
    {
        var text = cursor.Replace('-', '+').Replace('_', '/');
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
