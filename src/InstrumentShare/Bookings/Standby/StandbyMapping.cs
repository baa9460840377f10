using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.Standby;

public sealed class StandbyRequestMapping : IEntityTypeConfiguration<StandbyRequest>
{
    public void Configure(EntityTypeBuilder<StandbyRequest> builder)
    {
        builder.ToTable("standby_requests");
        builder.Ignore(x => x.Window).Ignore(x => x.Length).Ignore(x => x.IsFixed).Ignore(x => x.IsOpen);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}

public sealed class StandbyOfferMapping : IEntityTypeConfiguration<StandbyOffer>
{
    public void Configure(EntityTypeBuilder<StandbyOffer> builder)
    {
        builder.ToTable("standby_offers").HasOne<StandbyRequest>().WithMany().HasForeignKey(x => x.RequestId);
        builder.Ignore(x => x.Slot);
    }
}
