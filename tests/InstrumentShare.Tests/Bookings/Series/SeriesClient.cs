using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>What programs send and read of series: by default 9:00 to 10:00 from Tuesday 3 March 2026, daily, three times.</summary>
internal static class SeriesClient
{
    public const string ThreeDays = "FREQ=DAILY;COUNT=3";

    public static Task<HttpResponseMessage> RepeatAsync(
        this HttpClient api, Instrument instrument, string rrule = ThreeDays, string localStart = "2026-03-03T09:00", string localEnd = "2026-03-03T10:00", string? conflicts = null, bool dryRun = false,
        string[]? exDates = null, string[]? rDates = null, string? purpose = null) =>
        api.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = instrument.Id.Value, localStart, localEnd, rrule, conflicts, dryRun, exDates, rDates, purpose });

    /// <summary>A series that is made, as it is read afterwards.</summary>
    public static async Task<Guid> RepeatedAsync(this HttpClient api, Instrument instrument, string rrule = ThreeDays, string? conflicts = null, string localStart = "2026-03-03T09:00", string localEnd = "2026-03-03T10:00")
    {
        var answer = await api.RepeatAsync(instrument, rrule, localStart, localEnd, conflicts);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).GetProperty("id").GetGuid();
    }

    public static Task<JsonElement> SeriesAsync(this HttpClient api, Guid id) => api.GetFromJsonAsync<JsonElement>($"/api/v1/booking-series/{id}");

    /// <summary>Each date of a series as "03-03 09:00 confirmed", in the zone given.</summary>
    public static async Task<List<string>> TimesAsync(this HttpClient api, Guid id, string zone = "Asia/Shanghai")
    {
        var dates = (await api.SeriesAsync(id)).GetProperty("dates").EnumerateArray();
        return dates.Select(d => d.GetProperty("startsAt").ValueKind == JsonValueKind.Null
            ? d.GetProperty("localStart").GetString()![5..16].Replace('T', ' ') + " skipped"
            : Local(d.GetProperty("startsAt").GetString()!, zone) + " " + d.GetProperty("status").GetString()).ToList();
    }

    public static async Task<Guid> BookingAsync(this HttpClient api, Guid series, int index) => (await api.SeriesAsync(series)).GetProperty("dates")[index].GetProperty("bookingId").GetGuid();

    public static Task<HttpResponseMessage> MoveAsync(this HttpClient api, Guid booking, Instant startsAt, Instant endsAt, string? scope = null) =>
        api.PostAsJsonAsync($"/api/v1/bookings/{booking}/reschedule", new { startsAt = startsAt.ToString(), endsAt = endsAt.ToString(), scope });

    public static Task<HttpResponseMessage> CancelAsync(this HttpClient api, Guid booking, string? scope = null, string? reason = null) =>
        api.PostAsJsonAsync($"/api/v1/bookings/{booking}/cancel", new { scope, reason });

    private static string Local(string instant, string zone) =>
        NodaTime.Text.InstantPattern.ExtendedIso.Parse(instant).Value.InZone(DateTimeZoneProviders.Tzdb[zone]).LocalDateTime.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
