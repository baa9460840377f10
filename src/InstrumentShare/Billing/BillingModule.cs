using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;

namespace InstrumentShare.Billing;

public sealed class BillingModule : Module
{
    public override IEnumerable<Permission> Permissions => BillingPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.charges", "/charges", "menu.work", 40, BillingPermissions.Read, "receipt"),
        new("menu.managed-charges", "/manage/charges", "menu.manage", 40, BillingPermissions.View, "cash"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddScoped<ChargeQueries>().AddScoped<AnnotateCharges>().AddScoped<IPriceUse, PriceUseOfCharges>().AddSingleton(new BookingPart(typeof(ChargeOfBooking)))
        .AddScoped<IEventHandler<UsageRecorded>, ChargeUsage>().AddScoped<IEventHandler<UsageCorrected>, ChargeUsage>().AddScoped<IEventHandler<OrderDelivered>, ChargeOrder>();

    public override void MapApi(RouteGroupBuilder api) => ChargeApi.Map(api);
}
