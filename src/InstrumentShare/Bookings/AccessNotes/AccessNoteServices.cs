using InstrumentShare.Bookings.AccessNotes.Pages;
using InstrumentShare.Catalog;

namespace InstrumentShare.Bookings.AccessNotes;

internal static class AccessNoteServices
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<AccessNoteSeal>().AddScoped<WriteAccessNotes>().AddScoped<AccessNoteQueries>()
        .AddSingleton(new BookingPart(typeof(AccessOfBooking))).AddSingleton(new InstrumentTab("manage.tab.access", "access", 47));
}
