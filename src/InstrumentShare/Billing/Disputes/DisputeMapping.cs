using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Billing.Disputes;

public sealed class DisputeMapping : IEntityTypeConfiguration<ChargeDispute>
{
    public void Configure(EntityTypeBuilder<ChargeDispute> builder) => builder.ToTable("charge_disputes").HasKey(x => x.Id);
}
