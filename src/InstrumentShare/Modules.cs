using InstrumentShare.Access;
using InstrumentShare.Billing;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Demo;
using InstrumentShare.Integrity;
using InstrumentShare.Notifications;
using InstrumentShare.Orders;
using InstrumentShare.Pricing;
using InstrumentShare.Subsidies;
using InstrumentShare.Usage;
using InstrumentShare.Web;

namespace InstrumentShare;

/// <summary>The modules in dependency order: each may use those above it.</summary>
public static class Modules
{
    public static IReadOnlyList<Module> All { get; } =
    [
        new NotificationsModule(),
        new AccessModule(),
        new CatalogModule(),
        new PricingModule(),
        new BookingsModule(),
        new OrdersModule(),
        new UsageModule(),
        new BillingModule(),
        new IntegrityModule(),
        new SubsidiesModule(),
        new DemoModule(),
        new WebModule(),
    ];
}
