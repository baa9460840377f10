using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Standby;

/// <summary>What programs send and read of the waiting list, and the jobs that keep it going.</summary>
internal static class StandbyClient
{
    public static Task<HttpResponseMessage> WaitAsync(this HttpClient api, Instrument instrument, Instant startsAt, Instant endsAt, int? minutes = null) =>
        api.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/standby", new { startsAt = startsAt.ToString(), endsAt = endsAt.ToString(), minutes, purpose = "晶粒尺寸" });

    public static async Task<Guid> JoinAsync(this HttpClient api, Instrument instrument, Instant startsAt, Instant endsAt, int? minutes = null) =>
        (await (await api.WaitAsync(instrument, startsAt, endsAt, minutes)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static async Task<JsonElement> StandbyAsync(this HttpClient api, Guid id) => await (await api.GetAsync($"/api/v1/standby/{id}")).JsonAsync(HttpStatusCode.OK);

    /// <summary>The person's open offer; null when there is none.</summary>
    public static async Task<Guid?> OfferOfAsync(this HttpClient api, Guid id) => (await api.StandbyAsync(id)).GetProperty("offer") is { ValueKind: JsonValueKind.Object } offer ? offer.GetProperty("id").GetGuid() : null;

    public static Task<HttpResponseMessage> AcceptAsync(this HttpClient api, Guid offer) => api.PostAsync($"/api/v1/standby/offers/{offer}/accept", null);

    public static Task<HttpResponseMessage> DeclineAsync(this HttpClient api, Guid offer) => api.PostAsync($"/api/v1/standby/offers/{offer}/decline", null);

    public static async Task<int> OfferAsync(this IServiceProvider services) => await services.GetRequiredService<OfferFreedTime>().RunAsync();

    public static async Task<int> ExpireAsync(this IServiceProvider services) => await services.GetRequiredService<ExpireOffers>().RunAsync();
}
