using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>Times of the day on an instrument's wall, in Shanghai unless said otherwise.</summary>
internal static class Day
{
    private static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    public static Instant At(LocalDate date, int hour, int minute = 0, string? zone = null) =>
        (zone is null ? Shanghai : DateTimeZoneProviders.Tzdb[zone]).AtLeniently(date.At(new LocalTime(hour % 24, minute)).PlusDays(hour / 24)).ToInstant();

    /// <summary>The day after the fixed clock's start: Tuesday 3 March 2026.</summary>
    public static Instant Tomorrow(int hour, int minute = 0) => At(new LocalDate(2026, 3, 3), hour, minute);
}

/// <summary>What people do on an instrument's calendar without scripts.</summary>
internal static class BookingForms
{
    /// <summary>Types a time, looks at what it comes to, and books it.</summary>
    public static async Task<IHtmlDocument> TypeAndBookAsync(this PageClient browser, Instrument instrument, string startsAt, string endsAt)
    {
        var page = await browser.SubmitAsync(await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar"), "#book", ("StartsAt", startsAt), ("EndsAt", endsAt));
        var book = page.QuerySelector("[data-do-book]").ShouldNotBeNull(page.Body!.TextContent);
        page.QuerySelector("#book")!.SetAttribute("action", book.GetAttribute("formaction")!);
        page = await browser.SubmitAsync(page, "#book");
        page.QuerySelector("[data-status]").ShouldNotBeNull(page.Body!.TextContent);
        return page;
    }
}

/// <summary>What programs send and read.</summary>
internal static class BookingClient
{
    public static Task<HttpResponseMessage> BookAsync(this HttpClient api, Instrument instrument, Instant startsAt, Instant endsAt, string? overrideReason = null) =>
        api.BookAsync(instrument.Id.Value, startsAt, endsAt, overrideReason);

    public static Task<HttpResponseMessage> BookAsync(this HttpClient api, Guid instrumentId, Instant startsAt, Instant endsAt, string? overrideReason = null) =>
        api.PostAsJsonAsync("/api/v1/bookings", new { instrumentId, startsAt = startsAt.ToString(), endsAt = endsAt.ToString(), serviceMode = "selfOperated", purpose = "晶粒尺寸", overrideReason });

    public static Task<HttpResponseMessage> MoveAsync(this HttpClient api, Booking booking, Instant startsAt, Instant endsAt, string? ifMatch = null, string? overrideReason = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/bookings/{booking.Id.Value}/reschedule")
        {
            Content = JsonContent.Create(new { startsAt = startsAt.ToString(), endsAt = endsAt.ToString(), overrideReason }),
        };
        if (ifMatch is not null) request.Headers.IfMatch.ParseAdd(ifMatch);
        return api.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The codes of all problems of a refusal.</summary>
    public static async Task<IEnumerable<string>> CodesAsync(this HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()!);
}
