using System.Globalization;
using InstrumentShare.Kernel;

namespace InstrumentShare.Web;

/// <summary>A single resource's version as its ETag, and <c>If-Match</c> read back into a version.</summary>
public static class ETags
{
    public static void SetETag(this HttpResponse response, long version) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version the caller has seen; null when none was sent or any will do. A tag that is not ours matches nothing.</summary>
    public static long? IfMatch(this HttpRequest request)
    {
        var tag = request.Headers.IfMatch.ToString();
        if (tag.Length == 0 || tag == "*") return null;
        return long.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
    }

    /// <summary>The problem of having seen another version than the present one; null when there is none.</summary>
    public static Problem? Stale(long? seen, long present) => seen is null || seen == present ? null : Problem.Stale();
}
